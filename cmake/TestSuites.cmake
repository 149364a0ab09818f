# cmake -DPROGRAM=.. -DFILE=.. -P TestSuites.cmake: writes the ctest file of a GoogleTest program, one test a suite. A
# process for each case would spend most of its time loading libtorch, half a second with sanitizers.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE list RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "'${PROGRAM} --gtest_list_tests' ended with ${result}")
endif()
string(REGEX REPLACE "#[^\n]*" "" list "\n${list}")  # parameters may have brackets and semicolons
string(REGEX MATCHALL "\n  [^ \n]+" cases "${list}")
string(REGEX MATCHALL "\n[^ \n]+\\. *\n" suites "${list}")
list(LENGTH cases case_count)
set(tests "# cases: ${case_count}\n")
get_filename_component(program ${PROGRAM} NAME)
foreach(suite IN LISTS suites)
  string(REGEX REPLACE "[ \n]|\\. *\n" "" suite "${suite}")
  string(APPEND tests "add_test([[${suite}]] [[${PROGRAM}]] [[--gtest_filter=${suite}.*]])\n"
                      "set_tests_properties([[${suite}]] PROPERTIES TIMEOUT 1800 ENVIRONMENT OMP_NUM_THREADS=1 LABELS ${program})\n")
endforeach()
file(WRITE ${FILE} "${tests}")
