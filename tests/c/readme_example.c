#include <headwater/headwater.h>
#include <stdio.h>

int main(void) {
    const char csv[] = "path,total_conversions,total_conversion_value\n"
                       "ads > email,1,100\n";
    hw_allocator alloc = hw_default_allocator();
    hw_dataset *data;
    hw_error err = {.status = HW_OK};
    const hw_model *linear;
    hw_model_params params = hw_model_defaults();
    int64_t conversions[2], value[2];

    if (hw_dataset_create(&alloc, NULL, &data, &err) != HW_OK) return 1;
    if (hw_dataset_append(data, csv, sizeof csv - 1, &err) != HW_OK ||
        hw_dataset_finish(data, &err) != HW_OK ||
        hw_model_find(HW_STR("linear"), &linear) != HW_OK ||
        hw_dataset_attribute(data, linear, &params, conversions, value) != HW_OK) {
        fprintf(stderr, "line %d: %s\n", (int)err.line, err.message);
        hw_dataset_destroy(data);
        return 1;
    }
    for (uint32_t i = 0; i < 2; i++) {
        hw_str name = hw_dataset_channel(data, i);
        printf("%-6.*s %.6f %.6f\n", (int)name.len, name.ptr, (double)conversions[i] / 1e6,
               (double)value[i] / 1e6);
    }
    hw_dataset_destroy(data);
    return 0;
}
