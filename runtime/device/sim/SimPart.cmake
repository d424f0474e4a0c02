# What the parts of the simulator that build alone (tc/, async/) have in common. Inside the runtime's
# project its options and warnings hold; alone a part is its own small project.
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR)
  set(CMAKE_CXX_STANDARD 17)
  set(CMAKE_CXX_STANDARD_REQUIRED ON)
  set(CMAKE_CXX_EXTENSIONS OFF)
  set(AZULEJO_BUILD_TESTS ON)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  find_package(GTest REQUIRED)
  enable_testing()
endif()

option(AZULEJO_SIM_AVX2 "Compile the simulator's hot loops for AVX2, FMA and F16C too; the CPU decides" ON)
get_filename_component(AZULEJO_SIM_RUNTIME ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
get_filename_component(AZULEJO_SIM_ROOT ${AZULEJO_SIM_RUNTIME}/.. ABSOLUTE)

# azulejo_sim_part(NAME SOURCES...): a static part of the simulator.
function(azulejo_sim_part name)
  add_library(${name} STATIC ${ARGN})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${name} PUBLIC ${AZULEJO_SIM_RUNTIME} ${AZULEJO_SIM_RUNTIME}/include)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-psabi -O3
    -ffp-contract=off)
  if(TARGET azulejo_runtime_options)
    target_link_libraries(${name} PUBLIC azulejo_runtime_options)
  endif()
endfunction()

# azulejo_sim_part_test(NAME LIBRARY FILES...): a gtest program from files of the folder test/.
function(azulejo_sim_part_test name library)
  if(NOT AZULEJO_BUILD_TESTS)
    return()
  endif()
  list(TRANSFORM ARGN PREPEND ${AZULEJO_SIM_RUNTIME}/device/sim/test/)
  list(TRANSFORM ARGN APPEND .cpp)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${library} GTest::gtest GTest::gtest_main)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-psabi -ffp-contract=off)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
