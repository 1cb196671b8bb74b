# CMake knows no WASI before 3.31; it is like any system without shared libraries.
set(WASI 1)
set(UNIX 1)
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
