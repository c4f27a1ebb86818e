#!/usr/bin/env bats
# The checked-in completions are what the tables say, and each shell that reads them offers the right words.
bats_require_minimum_version 1.5.0

setup() {
  [ -x "$EVTOOL" ]
  scripts="$EVT_SOURCE_DIR/completions"
  cd "$BATS_TEST_TMPDIR"
  export HOME="$BATS_TEST_TMPDIR/home"
  mkdir -p home "folder/deep"
  touch folder/file
}

generated() {
  "$EVTOOL" --completions "$1" >generated
  [ -s generated ]
  [ -s "$scripts/$2" ]
  diff -u "$scripts/$2" generated || {
    echo "After a change of a table: evtool --completions $1 >completions/$2"
    return 1
  }
}

# The words that each shell offers after a line, sorted; a last argument '' stands for a word not begun yet.
bash_offers() {
  # shellcheck disable=SC2016
  bash --norc -c '
    source "$1" && shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _evtool
    ((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"' _ "$scripts/evtool.bash" "$@" | sort
}
zsh_offers() { timeout 60 "$BATS_TEST_DIRNAME/complete.zsh" "$scripts" "$1"; }
fish_offers() {
  fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$scripts/evtool.fish" "$1" | cut -f1 | sort
}

# is EXPECTED… < what was offered
is() { diff <(printf '%s\n' "$@") -; }

# all_spellings APPLET: what the table knows, `-o` and `--output`, sorted.
all_spellings() {
  "$EVTOOL" --list "$1" | awk -F'\t' '$2 != "-" { print "-" $2 } $3 != "-" { print "--" $3 }' | sort
}

@test "bash completions equal the generated ones" { generated bash evtool.bash; }
@test "zsh completions equal the generated ones" { generated zsh _evtool; }
@test "fish completions equal the generated ones" { generated fish evtool.fish; }

@test "bash completes applets, options, words and files" {
  bash_offers evtool ca | is cat
  bash_offers evtool cat --progress-f | is --progress-fd=
  bash_offers evtool --backend e | is epoll
  bash_offers evtool cat --backend = e | is epoll
  bash_offers evtool --backend epoll ca | is cat
  bash_offers evtool cat folder/ | is folder/deep folder/file
  bash_offers evtool cat --output folder/f | is folder/file
  bash_offers evtool --install folder/ | is folder/deep
  [ -z "$(bash_offers evtool cat --offset '')" ]
}

@test "bash completes the links, wherever they are" {
  bash_offers evtool-cat --progress-f | is --progress-fd=
  bash_offers /usr/bin/ev-cat folder/f | is folder/file
  run bash --norc -c "source '$scripts/evtool.bash' && complete -p evtool evtool-cat ev-cat"
  [ "$status" -eq 0 ]
}

@test "bash offers every option of every applet" {
  for applet in evtool $("$EVTOOL" --list | cut -f1); do
    words=(evtool)
    [ "$applet" = evtool ] || words+=("$applet")
    all_spellings "$applet" >expected
    [ "$(wc -l <expected)" -ge 10 ]
    diff expected <(bash_offers "${words[@]}" - | sed 's/=$//' | sort)
  done
}

@test "zsh completes applets, options, words and files" {
  command -v zsh >/dev/null || skip "no zsh"
  zsh_offers 'evtool ca' | is cat
  zsh_offers 'evtool cat --progress-f' | is --progress-fd
  zsh_offers 'evtool --backend=e' | is epoll
  zsh_offers 'evtool cat --output=folder/f' | is file
  zsh_offers 'evtool cat folder/f' | is file
  zsh_offers 'evtool --install=folder/' | is deep
  zsh_offers 'evtool-cat --progress-f' | is --progress-fd
}

@test "fish completes applets, options, words and files" {
  command -v fish >/dev/null || skip "no fish"
  fish_offers 'evtool ca' | is cat
  fish_offers 'evtool cat --progress-f' | is --progress-fd
  fish_offers 'evtool --backend e' | is epoll
  fish_offers 'evtool --backend epoll ca' | is cat
  fish_offers 'evtool cat --output folder/f' | is folder/file
  fish_offers 'evtool cat folder/f' | is folder/file
  fish_offers 'evtool --install folder/' | is folder/deep/
  fish_offers 'evtool-cat --progress-f' | is --progress-fd
  fish_offers 'ev-cat folder/f' | is folder/file
}

@test "fish offers every option of every applet" {
  command -v fish >/dev/null || skip "no fish"
  for applet in evtool $("$EVTOOL" --list | cut -f1); do
    line=evtool
    [ "$applet" = evtool ] || line="evtool $applet"
    all_spellings "$applet" >expected
    [ "$(wc -l <expected)" -ge 10 ]
    diff expected <(fish_offers "$line -" | sort -u)
  done
}

@test "they are installed where the shells look, and the manual pages where man looks" {
  cmake --install "$EVT_BUILD_DIR" --component tool --prefix "$PWD/prefix" >log
  (cd prefix && find . -type f | sort) >installed
  grep -x ./bin/evtool installed
  grep -x ./share/bash-completion/completions/evtool installed
  grep -x ./share/zsh/site-functions/_evtool installed
  grep -x ./share/fish/vendor_completions.d/evtool.fish installed
  (cd "$EVT_SOURCE_DIR/man" && printf './share/man/man1/%s\n' *.1 | sort) >pages
  grep -x ./share/man/man1/evtool.1 pages
  diff pages <(grep /man/ installed)
}
