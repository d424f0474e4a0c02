# This file configures lit: a test is a file with RUN lines, and its path is that of what it tests.
import glob
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

# The project's own Python has onnx, onnxruntime and ptxas; tools/setup.sh makes it.
venv = os.path.join(config.azulejo_source_dir, "build", "venv")
python = os.path.join(venv, "bin", "python")
if os.path.exists(python):
    config.available_features.add("venv")
else:
    python = sys.executable

path = [os.path.join(config.azulejo_build_dir, "bin"), config.llvm_tools_dir, os.environ.get("PATH", "")]
cuda = [os.path.join(os.environ["CUDA_HOME"], "bin")] if "CUDA_HOME" in os.environ else []
cuda += glob.glob(os.path.join(venv, "lib", "python*", "site-packages", "nvidia", "*", "bin"))
config.environment["PATH"] = os.pathsep.join(path + cuda)
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input=fail"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
config.substitutions.append(("%python", f'"{python}"'))
config.substitutions.append(("%source", config.azulejo_source_dir))
config.substitutions.append(("%bin", os.path.join(config.azulejo_build_dir, "bin")))
config.substitutions.append(("%shared", os.path.join(config.azulejo_source_dir, "..", "shared")))

# Optional things that a test may ask for with REQUIRES. `AZULEJO_PEERS=1 tools/setup.sh` installs the compilers
# of others whose kernels run on the simulator.
for feature, package in (("triton", "triton"), ("iree", os.path.join("iree", "compiler"))):
    if glob.glob(os.path.join(venv, "lib", "python*", "site-packages", package)):
        config.available_features.add(feature)
if shutil.which("ptxas", path=config.environment["PATH"]):
    config.available_features.add("ptxas")
if shutil.which("clang-tidy-22") or shutil.which("clang-tidy"):
    config.available_features.add("clang-tidy")
if os.path.exists("/dev/nvidia0"):
    config.available_features.add("nvidia-gpu")
if os.path.isdir(os.path.join(config.azulejo_source_dir, "..", "shared", "data")):
    config.available_features.add("shared-data")
