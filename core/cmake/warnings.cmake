# One target that carries how our own C is compiled.
add_library(hw_options INTERFACE)
target_compile_features(hw_options INTERFACE c_std_11)
target_compile_options(hw_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -ffp-contract=off -fno-strict-aliasing -fvisibility=hidden
  $<$<BOOL:${HW_WERROR}>:-Werror>)
if(HW_SANITIZE)
  target_compile_options(hw_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hw_options INTERFACE -fsanitize=address,undefined)
endif()
if(HW_COVERAGE)
  target_compile_options(hw_options INTERFACE --coverage -O0)
  target_link_options(hw_options INTERFACE --coverage)
endif()
if(HW_FUZZ)
  target_compile_options(hw_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(hw_options INTERFACE -fsanitize=address,undefined)
endif()
