# This file finds LLVM/MLIR and defines the wrappers with which the compiler's folders are built:
#   add_azulejo_dialect(Graph GraphOps graph)      TableGen of a dialect in dialects/Graph
#   add_azulejo_passes(Fusion)                     TableGen of lib/Fusion/Passes.td
#   add_azulejo_library(AzulejoFusion FILES… LINK LIBS…)
#   add_azulejo_tool(azulejo-opt FILES… LINK LIBS…)

find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
set(MLIR_BINARY_DIR ${PROJECT_BINARY_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# For TableGen, which takes its include path from the folder.
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})

find_package(nlohmann_json REQUIRED)
find_program(AZULEJO_LLD NAMES ld.lld-22 ld.lld HINTS ${LLVM_TOOLS_BINARY_DIR})

set(AZULEJO_COMPILE_FLAGS -fno-exceptions -fno-semantic-interposition -Wall -Wextra
    -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND AZULEJO_COMPILE_FLAGS "SHELL:-Xclang -fno-pch-timestamp" -fpch-instantiate-templates)
endif()

# Gives `target` what every part of the compiler needs.
function(azulejo_compiler_target target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
                             ${PROJECT_SOURCE_DIR}/include)
  target_include_directories(${target} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE ${AZULEJO_COMPILE_FLAGS})
  if(AZULEJO_LLD)
    target_link_options(${target} PRIVATE -fuse-ld=${AZULEJO_LLD_NAME})
  endif()
endfunction()

if(AZULEJO_LLD AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  set(AZULEJO_LLD_NAME lld)
else()
  set(AZULEJO_LLD FALSE)
endif()

# One precompiled header serves every file of the compiler: MLIR's headers cost 5-9 s a file without it.
if(AZULEJO_USE_PCH)
  file(WRITE ${PROJECT_BINARY_DIR}/azulejo_pch.cpp "")
  add_library(azulejo_pch OBJECT ${PROJECT_BINARY_DIR}/azulejo_pch.cpp)
  azulejo_compiler_target(azulejo_pch)
  target_precompile_headers(azulejo_pch PRIVATE
    <mlir/Dialect/Arith/IR/Arith.h> <mlir/Dialect/Func/IR/FuncOps.h> <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Math/IR/Math.h> <mlir/IR/Builders.h> <mlir/IR/BuiltinTypes.h> <mlir/IR/BuiltinOps.h>
    <mlir/IR/Dialect.h> <mlir/IR/DialectImplementation.h> <mlir/IR/OpDefinition.h>
    <mlir/IR/OpImplementation.h> <mlir/IR/PatternMatch.h> <mlir/Interfaces/InferTypeOpInterface.h>
    <mlir/Interfaces/SideEffectInterfaces.h> <mlir/Pass/Pass.h> <mlir/Transforms/DialectConversion.h>
    <mlir/Transforms/GreedyPatternRewriteDriver.h>)
endif()

function(azulejo_use_pch target)
  if(AZULEJO_USE_PCH)
    target_precompile_headers(${target} REUSE_FROM azulejo_pch)
  endif()
endfunction()

function(add_azulejo_library name)
  cmake_parse_arguments(ARG "" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  azulejo_compiler_target(${name})
  azulejo_use_pch(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

function(add_azulejo_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  azulejo_compiler_target(${name})
  # Executables would get -fPIE, with which clang does not take a header precompiled with -fPIC.
  target_compile_options(${name} PRIVATE -fPIC)
  azulejo_use_pch(${name})
  # Executables would get -fPIE, with which clang does not take a header precompiled with -fPIC.
  target_compile_options(${name} PRIVATE -fPIC)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
endfunction()

# Generates dialects/<folder>/<ops>.{h,cpp}.inc, <ops>Dialect.*, <ops>Types.*, <ops>Attrs.*, <ops>Enums.*
# from dialects/<folder>/<ops>.td for the dialect of that namespace; target Azulejo<folder>IncGen.
function(add_azulejo_dialect folder ops namespace)
  set(LLVM_TARGET_DEFINITIONS ${ops}.td)
  mlir_tablegen(${ops}.h.inc -gen-op-decls)
  mlir_tablegen(${ops}.cpp.inc -gen-op-defs)
  mlir_tablegen(${ops}Dialect.h.inc -gen-dialect-decls -dialect=${namespace})
  mlir_tablegen(${ops}Dialect.cpp.inc -gen-dialect-defs -dialect=${namespace})
  mlir_tablegen(${ops}Types.h.inc -gen-typedef-decls -typedefs-dialect=${namespace})
  mlir_tablegen(${ops}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${namespace})
  mlir_tablegen(${ops}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${namespace})
  mlir_tablegen(${ops}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${namespace})
  mlir_tablegen(${ops}Enums.h.inc -gen-enum-decls)
  mlir_tablegen(${ops}Enums.cpp.inc -gen-enum-defs)
  add_public_tablegen_target(Azulejo${folder}IncGen)
endfunction()

function(add_azulejo_passes step)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${step})
  add_public_tablegen_target(Azulejo${step}PassesIncGen)
endfunction()
