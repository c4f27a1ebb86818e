# The one settings target: language level, warnings, hardening, sanitizers. Everything we build links it; nothing
# of it is exported to those who use the installed library.
add_library(evtool_settings INTERFACE)
target_compile_features(evtool_settings INTERFACE cxx_std_23)

set(CMAKE_CXX_EXTENSIONS OFF)
# C is the language of those who include evt.h: tests and examples.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
if(EVT_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
else()
  set(CMAKE_CXX_FLAGS_DEBUG "-Og -g -fno-omit-frame-pointer")
endif()

set(CMAKE_C_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
set(CMAKE_C_FLAGS_DEBUG "${CMAKE_CXX_FLAGS_DEBUG}")

find_program(EVT_CCACHE ccache)
if(EVT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${EVT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${EVT_CCACHE})
endif()

target_compile_options(evtool_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wcast-align -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wundef -Wmissing-declarations
  "$<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast;-Wnon-virtual-dtor;-Woverloaded-virtual>"
  # `{.backlog = 128}` leaves the other fields to their defaults on purpose.
  -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  $<$<BOOL:${EVT_WERROR}>:-Werror>
  -ffunction-sections -fdata-sections)
target_link_options(evtool_settings INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now)

if(EVT_SANITIZE)
  # What the sanitizers of gcc add makes it take initialized objects for uninitialized; the other builds keep the warning.
  target_compile_options(evtool_settings INTERFACE -fsanitize=${EVT_SANITIZE} -fno-sanitize-recover=all -g
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(EVT_SANITIZE STREQUAL "thread")
    # TSan does not follow fences. Ours orders flags that are atomic themselves, and publishes no data.
    target_compile_options(evtool_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  target_link_options(evtool_settings INTERFACE -fsanitize=${EVT_SANITIZE})
  set(EVTOOL_STATIC_LINK OFF)
else()
  target_compile_options(evtool_settings INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  set(EVTOOL_STATIC_LINK ${EVTOOL_STATIC})
endif()
target_compile_definitions(evtool_settings INTERFACE _GLIBCXX_ASSERTIONS)
