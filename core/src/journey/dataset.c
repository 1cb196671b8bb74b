#include "journey/dataset.h"
#include "report/gather.h"

static hw_status on_row(void *ctx, const hw_str *fields, uint32_t count, uint64_t line);

hw_status hw_dataset_create(const hw_allocator *alloc, const hw_dataset_options *options,
                            hw_dataset **out, hw_error *err) {
    const hw_dataset_options none = {.columns = NULL};
    if (!options) options = &none;
    if (options->separator.len > sizeof((hw_dataset *)0)->separator_text)
        return HW__FAIL(err, HW_E_ARG, 0, 0, "the separator is longer than 8 bytes");
    if ((unsigned)options->transform > HW_TRANSFORM_FREQUENCY)
        return HW__FAIL(err, HW_E_ARG, 0, 0, "there is no such transform");
#ifdef HW_LEAN
    if (options->transform || options->touch_cap)
        return HW__FAIL(err, HW_E_ARG, 0, 0, "transforms and caps are in headwater-full.wasm only");
#endif
    hw_dataset *d = alloc->alloc(alloc->ctx, sizeof *d);
    if (!d) return HW_E_NOMEM;
    memset(d, 0, sizeof *d);
    d->alloc = *alloc;
    hw__csv_init(&d->csv, alloc, on_row, d);
    d->csv.bulk = hw__quick_paths;
    hw__arena_init(&d->names, alloc);
    hw__intern_init(&d->channels, alloc);
    hw__intern_init(&d->visitors, alloc);
    hw__intern_init(&d->ids, alloc);
    hw__intern_init(&d->repeats, alloc);
    d->transform = options->transform;
    d->touch_cap = options->touch_cap;
#ifndef HW_LEAN
    d->orders = d->columns.orders = options->orders != 0;
#endif
    hw_str sep = options->separator.len ? options->separator : HW_STR(">");
    hw_str trimmed = hw__str_trim(sep);
    if (trimmed.len) sep = trimmed; /* " > " splits as ">" does: steps are trimmed anyway */
    memcpy(d->separator_text, sep.ptr, sep.len);
    d->separator = (hw_str){d->separator_text, sep.len};
    d->skip_bad = options->skip_bad != 0;
    for (size_t i = 0; i < options->column_count; i++) {
        hw__role role = hw__role_find(options->columns[i].role);
        hw_str name = hw__str_trim(options->columns[i].name);
        if (role == HW__ROLE_COUNT || !name.len) {
            char what[64];
            hw__text t = {what, 0, sizeof what};
            hw__text_str(&t, options->columns[i].role);
            hw_dataset_destroy(d);
            return HW__FAIL(err, HW_E_ARG, 0, 0, "there is no column role \"", what,
                            "\"; the roles are ", hw_column_roles());
        }
        char *copy = hw__arena_alloc(&d->names, name.len);
        if (!copy) {
            hw_dataset_destroy(d);
            return HW_E_NOMEM;
        }
        memcpy(copy, name.ptr, name.len);
        d->named[role] = (hw_str){copy, name.len};
    }
    *out = d;
    return HW_OK;
}

static void free_reading(hw_dataset *d) {
    hw__csv_free(&d->csv);
#ifndef HW_LEAN
    hw__export_free(d);
#endif
    hw__intern_free(&d->visitors);
    hw__intern_free(&d->ids);
    HW__VEC_FREE(&d->alloc, &d->rows);
    HW__VEC_FREE(&d->alloc, &d->values);
    HW__VEC_FREE(&d->alloc, &d->scratch);
    hw_sources_destroy(d->sources);
    d->sources = NULL;
}

void hw_dataset_destroy(hw_dataset *d) {
    if (!d) return;
    hw_allocator a = d->alloc;
    free_reading(d);
    hw__gather_free(d);
    hw__arena_free(&d->names);
    hw__intern_free(&d->channels);
    hw__intern_free(&d->repeats);
    HW__VEC_FREE(&a, &d->repeat_ids);
    HW__VEC_FREE(&a, &d->channel);
    HW__VEC_FREE(&a, &d->at);
    HW__VEC_FREE(&a, &d->interaction);
    HW__VEC_FREE(&a, &d->journeys);
    HW__VEC_FREE(&a, &d->bad);
#ifndef HW_LEAN
    HW__VEC_FREE(&a, &d->deeds);
#endif
    a.free(a.ctx, d, sizeof *d);
}

hw_status hw__cell_fail(hw_dataset *d, hw_status status, uint64_t line, hw__role role,
                        const char *what, hw_str cell) {
    char shown[72];
    hw__text t = {shown, 0, sizeof shown};
    hw__text_str(&t, cell);
    return HW__FAIL(d->err, status, line, (uint32_t)(d->columns.at[role] + 1), what,
                    cell.ptr ? ": \"" : "", shown, cell.ptr ? "\"" : "");
}

hw_status hw__channel_put(hw_dataset *d, hw_str name, uint64_t line, hw__role role, uint16_t *id) {
    uint32_t n;
    HW__TRY(hw__intern_put(&d->channels, name, &n));
    if (n >= HW_CHANNELS_MAX)
        return hw__cell_fail(d, HW_E_LIMIT, line, role,
                             "there are more than 65,535 channels; is this the "
                             "right column?",
                             name);
    *id = (uint16_t)n;
    hw__quick_name_add(d, name, *id);
    return HW_OK;
}

/* A refused row leaves nothing behind; with skip_bad it is counted and the reading goes on. */
static hw_status refuse(hw_dataset *d, hw_status status) {
    bool data =
        status == HW_E_CSV || status == HW_E_NUMBER || status == HW_E_TIME || status == HW_E_PATH;
    if (!d->skip_bad || !data) return status;
    d->bad_rows++;
    if (d->bad.len < HW__BAD_ROWS_KEPT) {
        HW__TRY(HW__RESERVE(&d->alloc, &d->bad, d->bad.len + 1));
        d->bad.at[d->bad.len++] = *d->err;
    }
    *d->err = (hw_error){.status = HW_OK};
    return HW_OK;
}

static hw_status read_row(hw_dataset *d, const hw_str *fields, uint32_t count, uint64_t line) {
    if (count != d->columns.count) {
        char has[12], wants[12];
        hw__text h = {has, 0, sizeof has}, w = {wants, 0, sizeof wants};
        hw__text_int(&h, count);
        hw__text_int(&w, d->columns.count);
        return HW__FAIL(d->err, HW_E_CSV, line,
                        count < d->columns.count ? count : d->columns.count + 1, "the row has ",
                        has, " fields, the header has ", wants);
    }
    return d->columns.kind == HW_DATASET_PATHS ? hw__read_path_row(d, fields, line)
                                               : hw__read_touch_row(d, fields, line);
}

static hw_status on_row(void *ctx, const hw_str *fields, uint32_t count, uint64_t line) {
    hw_dataset *d = ctx;
    if (!d->header_read) {
        d->header_read = true;
        hw_dataset_kind before = d->columns.kind;
        HW__TRY(hw__columns_read(&d->columns, d->named, fields, count, line, d->err));
        if (!before || before == d->columns.kind) return HW_OK;
        return HW__FAIL(d->err, HW_E_HEADER, line, 1,
                        "paths and touch logs cannot be mixed; give files of one kind");
    }
    d->nrows++;
    hw_status s = read_row(d, fields, count, line);
    return s == HW_OK ? HW_OK : refuse(d, s);
}

/* Every failure names itself, also those that no row is to blame for. */
static hw_status leave(hw_dataset *d, hw_status s, hw_error *err) {
    if (s != HW_OK) {
        d->failed = true;
        if (d->err->status != s) HW__FAIL(d->err, s, d->csv.line, 0, hw_status_text(s));
        if (err) *err = *d->err;
    }
    d->err = NULL;
    return s;
}

hw_status hw_dataset_append(hw_dataset *d, const void *bytes, size_t len, hw_error *err) {
    hw_error own = {.status = HW_OK};
    d->err = &own;
    if (d->finished || d->failed) return leave(d, HW_E_STATE, err);
#ifdef HW_LEAN
    return leave(d, hw__csv_feed(&d->csv, bytes, len, &own), err);
#else
    return leave(d, hw__export_feed(d, bytes, len), err);
#endif
}

static hw_status end_file(hw_dataset *d) {
#ifndef HW_LEAN
    bool taken;
    HW__TRY(hw__export_end(d, &taken));
    if (taken) return HW_OK;
#endif
    HW__TRY(hw__csv_end(&d->csv, d->err));
    if (d->header_read) return HW_OK;
    return HW__FAIL(d->err, HW_E_HEADER, 1, 1, "the file is empty; it needs a header");
}

hw_status hw_dataset_next_file(hw_dataset *d, hw_error *err) {
    hw_error own = {.status = HW_OK};
    d->err = &own;
    if (d->finished || d->failed) return leave(d, HW_E_STATE, err);
    hw_status s = end_file(d);
    d->header_read = false;
    d->csv.line = 1;
    d->csv.delimiter = 0;
    d->csv.started = false;
    return leave(d, s, err);
}

static hw_status finish(hw_dataset *d) {
    HW__TRY(end_file(d));
    if (d->columns.kind == HW_DATASET_TOUCHES) HW__TRY(hw__build_touch_journeys(d));
    free_reading(d);
    d->finished = true;
    hw_windows windows = {.click_ms = 0};
    if (d->columns.kind == HW_DATASET_TOUCHES) {
        windows.click_ms = INT64_C(30) * 86400000;
        windows.impression_ms = 86400000;
    }
    return hw_dataset_set_windows(d, &windows);
}

hw_status hw_dataset_finish(hw_dataset *d, hw_error *err) {
    hw_error own = {.status = HW_OK};
    d->err = &own;
    if (d->finished || d->failed) return leave(d, HW_E_STATE, err);
    return leave(d, finish(d), err);
}

/* ---- what a dataset tells ---- */

void hw_dataset_summarize(const hw_dataset *d, hw_dataset_summary *out) {
    *out =
        (hw_dataset_summary){.kind = d->columns.kind,
                             .rows = d->nrows,
                             .bad_rows = d->bad_rows,
                             .duplicates = d->duplicates,
                             .journeys = d->journeys.len,
                             .touches = d->channel.len,
                             .channels = (uint32_t)d->channels.strs.len,
                             .conversions = d->conversions,
                             .value = d->value,
                             .nulls = d->nulls,
                             .has_times = d->at.len > 0 || d->columns.kind == HW_DATASET_TOUCHES ||
                                          d->columns.at[HW__ROLE_TIMES] >= 0,
                             .capped = d->capped,
                             .capped_journeys = d->capped_journeys};
}

hw_str hw_dataset_channel(const hw_dataset *d, uint32_t id) {
    return d->channels.strs.at[id];
}

const hw_error *hw_dataset_bad_row(const hw_dataset *d, size_t i) {
    return i < d->bad.len ? &d->bad.at[i] : NULL;
}
