# How tests are registered: evt_gtest() for GoogleTest programs, evt_bats() for a .bats file.
find_package(GTest REQUIRED)
include(GoogleTest)
find_program(BATS bats REQUIRED)

# The cases of a program as tests of ctest: each by itself, but with a sanitizer, where a start takes 0.3 seconds, four
# shards. In the scope of evt_gtest, which says `prefix` and `arg_TIMEOUT`.
function(evt_discover name filter label)
  if(NOT EVT_SANITIZE)
    gtest_discover_tests(${name} TEST_PREFIX ${prefix} TEST_FILTER "${filter}" DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${label}")
    return()
  endif()
  foreach(shard RANGE 3)
    set(test "${prefix}${filter}:${shard}")
    add_test(NAME "${test}" COMMAND ${name} --gtest_brief=1 "--gtest_filter=${filter}")
    set_tests_properties("${test}" PROPERTIES TIMEOUT 300 LABELS "${label}"
      ENVIRONMENT "GTEST_TOTAL_SHARDS=4;GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()

# evt_gtest(NAME [SOURCES file...] [LIBRARIES target...] [LABEL label] [THREADS filter] [TIMEOUT seconds])
# One program of all sources. Cases that match the GoogleTest filter THREADS are labelled `threads` instead of LABEL:
# that is what the TSan run selects. (gtest_discover_tests cannot pass on a list of labels.)
function(evt_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;THREADS;TIMEOUT" "SOURCES;LIBRARIES")
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  # What is tested is compiled as it is shipped; the tests themselves would only take longer to compile, with UBSan
  # by two thirds. Sanitizers want names and lines, no more.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(EVT_SANITIZE MATCHES undefined)
    target_compile_options(${name} PRIVATE -O0 -g1)
  elseif(EVT_SANITIZE)
    target_compile_options(${name} PRIVATE -g1)
  endif()
  target_link_libraries(${name} PRIVATE evtool_settings ${arg_LIBRARIES} GTest::gtest_main)
  string(REPLACE "_tests" "/" prefix ${name})
  if(arg_THREADS)
    evt_discover(${name} "${arg_THREADS}" threads)
    evt_discover(${name} "-${arg_THREADS}" "${arg_LABEL}")
  else()
    evt_discover(${name} "*" "${arg_LABEL}")
  endif()
endfunction()

# evt_bats(FILE [LABEL label] [TIMEOUT seconds] [BACKEND name]): the file is one ctest test, named <folder>/<file>. It is
# told where the tool, the build and the sources are by EVTOOL, EVT_BUILD_DIR and EVT_SOURCE_DIR, and by EVT_SANITIZE how
# it was built. BACKEND is what evtool uses where a test does not ask for another, and is added to the test's name.
function(evt_bats file)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT;BACKEND" "")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/tests OUTPUT_VARIABLE name)
  set(environment EVTOOL=${PROJECT_BINARY_DIR}/evtool EVT_BUILD_DIR=${PROJECT_BINARY_DIR}
    EVT_SOURCE_DIR=${PROJECT_SOURCE_DIR} EVT_SANITIZE=${EVT_SANITIZE})
  if(arg_BACKEND)
    string(APPEND name ":${arg_BACKEND}")
    list(APPEND environment EVTOOL_BACKEND=${arg_BACKEND})
  endif()
  add_test(NAME ${name} COMMAND ${BATS} ${file})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABEL}" ENVIRONMENT "${environment}")
endfunction()
