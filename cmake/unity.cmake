# SPDX-License-Identifier: Apache-2.0
# Sources of one directory are compiled a few at a time as one, so that the headers they share are
# read once for all of them, which halves the time that the host takes. The presets dev and tidy
# compile each by itself: that is quicker after a small change, and shows a file that leans on what
# another one includes. A name in an unnamed namespace has to be the directory's only one.

set(TOOLPOST_UNITY_BATCH 8)

# toolpost_unite(TARGET [EXCEPT FILE...])
# FILE says something to headers before it reads them, or gives a class an unnamed namespace's member.
function(toolpost_unite target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "EXCEPT")
  if(NOT TOOLPOST_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(REMOVE_ITEM sources ${arg_EXCEPT})
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH directory)
    string(MAKE_C_IDENTIFIER "in_${directory}" group)
    math(EXPR ${group} "${${group}} + 1")
    math(EXPR batch "(${${group}} - 1) / ${TOOLPOST_UNITY_BATCH}")
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group}_${batch})
  endforeach()
endfunction()
