# Emscripten by its own toolchain file: emcc on the PATH, or EMSDK.
find_program(HW_EMCC emcc HINTS "$ENV{EMSDK}/upstream/emscripten" REQUIRED)
get_filename_component(real "${HW_EMCC}" REALPATH)
get_filename_component(folder "${real}" DIRECTORY)
include("${folder}/cmake/Modules/Platform/Emscripten.cmake")
