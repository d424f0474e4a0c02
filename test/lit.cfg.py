# This file configures lit: a test is a file with RUN lines, and its path is that of what it tests.
import os
import shutil
import sys

import lit.formats

config.name = "azulejo"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".json", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.join(config.azulejo_source_dir, "test")
config.test_exec_root = os.path.join(config.azulejo_build_dir, "test")

path = [os.path.join(config.azulejo_build_dir, "bin"), config.llvm_tools_dir]
config.environment["PATH"] = os.pathsep.join(path + [os.environ.get("PATH", "")])
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input=fail"
config.substitutions.append(("%python", f'"{sys.executable}"'))
config.substitutions.append(("%source", config.azulejo_source_dir))
config.substitutions.append(("%shared", os.path.join(config.azulejo_source_dir, "..", "shared")))

# Optional things that a test may ask for with REQUIRES.
if shutil.which("ptxas") or os.path.exists("/usr/local/cuda/bin/ptxas"):
    config.available_features.add("ptxas")
if os.path.exists("/dev/nvidia0"):
    config.available_features.add("nvidia-gpu")
if os.path.isdir(os.path.join(config.azulejo_source_dir, "..", "shared", "data")):
    config.available_features.add("shared-data")
