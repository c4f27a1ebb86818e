# What the tests of the examples share: `load common`.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0

raw_loop="$EVT_BUILD_DIR/examples/example_raw_loop"

# every_backend COMMAND…: once for each backend, whose name is the last argument. A kernel without io_uring is told.
every_backend() {
  local backend
  for backend in io_uring epoll; do
    if ! "$raw_loop" "$backend" </dev/null 2>/dev/null; then
      [ "${EVT_REQUIRE_IO_URING-}" != 1 ] || { echo "$backend is required, and refused" && return 1; }
      echo "# no $backend here" >&3
      continue
    fi
    echo "$backend"
    "$@" "$backend"
  done
}
