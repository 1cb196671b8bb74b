/* ⑦ Credit of every channel of a dataset, and journeys for display. */
#include "base/json.h"
#include "journey/dataset.h"
#include "ledger/apportion.h"
#include "model/rules.h"
#include "report/gather.h"

hw_status hw__eval_init(hw__eval *e, hw_dataset *d, const hw_model_params *params) {
    memset(e, 0, sizeof *e);
    e->alloc = d->alloc;
    e->channel_count = d->channels.strs.len;
    e->cap = d->longest ? d->longest : 1;
    hw_allocator *a = &e->alloc;
    e->channel = a->alloc(a->ctx, e->cap * sizeof *e->channel);
    e->age = a->alloc(a->ctx, e->cap * sizeof *e->age);
    e->weights = a->alloc(a->ctx, e->cap * sizeof *e->weights);
    e->unit = a->alloc(a->ctx, e->cap * sizeof *e->unit);
    e->work = a->alloc(a->ctx, e->cap * sizeof *e->work);
    e->flags = a->alloc(a->ctx, e->channel_count + 1);
    e->scratch = a->alloc(a->ctx, (e->channel_count + 1) * sizeof *e->scratch);
    if (!e->channel || !e->age || !e->weights || !e->unit || !e->work || !e->flags || !e->scratch) {
        hw__eval_free(e);
        return HW_E_NOMEM;
    }
    memset(e->scratch, 0, (e->channel_count + 1) * sizeof *e->scratch);
    for (size_t i = 0; i < e->channel_count; i++) {
        hw_str name = hw__plain_name(d, d->channels.strs.at[i]);
        bool direct = hw__str_eq_nocase(name, d->windows.direct);
        bool named = params && params->source.len && hw__str_eq_nocase(name, params->source);
        e->flags[i] = (uint8_t)((direct ? HW_CHANNEL_DIRECT : 0) | (named ? HW_CHANNEL_NAMED : 0) |
                                (hw_channel_is_paid(name) ? HW_CHANNEL_PAID : 0));
    }
    return HW_OK;
}

void hw__eval_free(hw__eval *e) {
    hw_allocator *a = &e->alloc;
    a->free(a->ctx, e->channel, e->cap * sizeof *e->channel);
    a->free(a->ctx, e->age, e->cap * sizeof *e->age);
    a->free(a->ctx, e->weights, e->cap * sizeof *e->weights);
    a->free(a->ctx, e->unit, e->cap * sizeof *e->unit);
    a->free(a->ctx, e->work, e->cap * sizeof *e->work);
    a->free(a->ctx, e->flags, e->channel_count + 1);
    a->free(a->ctx, e->scratch, (e->channel_count + 1) * sizeof *e->scratch);
}

static bool in_window(const hw_dataset *d, const hw__djourney *j, size_t touch) {
    if (!d->at.len) return true;
    bool view = d->interaction.len && (d->interaction.at[touch] & HW__INTERACTION) == HW_IMPRESSION;
    int64_t window = view ? d->windows.impression_ms : d->windows.click_ms;
    return !window || j->at - d->at.at[touch] <= window;
}

/* The first touch at or after a time; a visitor's touches ascend. */
static size_t first_since(const hw_dataset *d, size_t from, size_t end, int64_t at) {
    while (from < end) {
        size_t mid = from + (end - from) / 2;
        if (d->at.at[mid] < at)
            from = mid + 1;
        else
            end = mid;
    }
    return from;
}

/* Where the journey starts: behind the conversion before it when journeys are reset, and not before
 * the longer of the windows, so that a visitor with years of touches is not read whole every time.
 */
static size_t start_of(const hw_dataset *d, const hw__djourney *j) {
    if (d->columns.kind != HW_DATASET_TOUCHES) return j->from;
    size_t from = j->from, end = (size_t)j->from + j->len;
    const hw__djourney *before = j - 1;
    if (d->windows.reset && j != d->journeys.at && before->conversions && before->from == j->from)
        from += before->len;
    const hw_windows *w = &d->windows;
    if (!w->click_ms || !w->impression_ms) return from;
    return first_since(d, from, end,
                       j->at - (w->click_ms > w->impression_ms ? w->click_ms : w->impression_ms));
}

size_t hw__windowed(const hw_dataset *d, const hw__djourney *j, hw__eval *e, size_t marks[2]) {
    size_t n = 0;
    marks[0] = marks[1] = SIZE_MAX;
    for (size_t i = start_of(d, j), end = j->from + j->len; i < end; i++) {
        if (!in_window(d, j, i)) continue;
        e->channel[n] = d->channel.at[i];
        if (d->at.len) e->age[n] = j->at - d->at.at[i];
        uint8_t flags = d->interaction.len ? d->interaction.at[i] : 0;
        if (flags & HW__LEAD) marks[0] = n;
        if (flags & HW__OPPORTUNITY) marks[1] = n;
        n++;
    }
    return n;
}

hw_path hw__eval_path(const hw_dataset *d, const hw__djourney *j, hw__eval *e) {
    if (hw__sliced(d))
        return (hw_path){.len = j->len,
                         .channel = d->channel.at + j->from,
                         .channel_flags = e->flags,
                         .scratch = e->scratch,
                         .channel_count = e->channel_count,
                         .lead = SIZE_MAX,
                         .opportunity = SIZE_MAX};
    size_t marks[2], n = hw__windowed(d, j, e, marks);
    if (hw__shaped(d)) n = hw__transform(d, e, n, marks);
    bool times = d->at.len > 0;
    if (!n) {
        e->channel[0] = (uint16_t)hw__intern_find(&d->channels, hw__direct_name(d));
        e->age[0] = 0;
        n = 1;
        times = true;
    }
    return (hw_path){.len = n,
                     .channel = e->channel,
                     .age_ms = times ? e->age : NULL,
                     .channel_flags = e->flags,
                     .scratch = e->scratch,
                     .channel_count = e->channel_count,
                     .lead = marks[0],
                     .opportunity = marks[1]};
}

bool hw__has_touch(const hw_dataset *d, const hw__djourney *j) {
    for (size_t i = start_of(d, j), end = j->from + j->len; i < end; i++)
        if (in_window(d, j, i)) return true;
    return false;
}

hw_status hw_dataset_set_windows(hw_dataset *d, const hw_windows *w) {
    if (!d->finished) return HW_E_STATE;
    hw_str direct = w->direct.len ? w->direct : HW_STR("Direct");
    if (w->click_ms < 0 || w->impression_ms < 0 || direct.len > sizeof d->direct_text - 3)
        return HW_E_ARG;
    memmove(d->direct_text, direct.ptr, direct.len);
    memcpy(d->direct_text + direct.len, "(1)", 3);
    d->windows = *w;
    d->windows.direct = (hw_str){d->direct_text, direct.len};
    hw__gather_free(d);
    if (hw__shaped(d)) HW__TRY(hw__transform_prepare(d));
    if (hw__untimed(d)) return HW_OK; /* every path has its touches */
    for (size_t i = 0; i < d->journeys.len; i++) {
        if (!d->journeys.at[i].conversions || hw__has_touch(d, &d->journeys.at[i])) continue;
        uint32_t id;
        HW__TRY(hw__intern_put(&d->channels, hw__direct_name(d), &id));
        return id < HW_CHANNELS_MAX ? HW_OK : HW_E_LIMIT;
    }
    return HW_OK;
}

/* Models of effect weigh every touch by its age: no transform fits them. */
static bool sees_touches(const hw_dataset *d, const hw_model *model) {
    return !model->needs_organic || !hw__shaped(d);
}

hw_status hw_dataset_prepare(hw_dataset *d, const hw_model *model) {
    uint32_t id = 0;
    if (!d->finished || !sees_touches(d, model)) return HW_E_STATE;
    if (model->needs_organic) HW__TRY(hw__intern_put(&d->channels, HW_STR(HW_ORGANIC), &id));
    return id < HW_CHANNELS_MAX ? HW_OK : HW_E_LIMIT;
}

/* Rounds exact sums to micros that add up to the total. */
static void round_sums(const hw__i128 *sum, size_t n, int64_t total, hw_share_work *work,
                       int64_t *out) {
    int64_t given = 0;
    for (size_t i = 0; i < n; i++) {
        hw__i128 floor =
            sum[i] >> HW__UNIT_BITS; /* towards minus infinity: the rest is never negative */
        out[i] = (int64_t)floor;
        given += out[i];
        work[i] = (hw_share_work){(uint64_t)(sum[i] - floor * (INT64_C(1) << HW__UNIT_BITS)),
                                  (uint32_t)i};
    }
    hw__apportion_rest(work, n, (size_t)(total - given), out);
}

static void add_journey(const hw_dataset *d, const hw__djourney *j, const hw_model *model,
                        const hw_model_params *params, hw__eval *e, hw__i128 *one,
                        hw__i128 *value) {
    hw_path path = hw__eval_path(d, j, e);
    model->weights(&path, params, e->weights);
    hw_apportion(INT64_C(1) << HW__UNIT_BITS, e->weights, path.len, e->work, e->unit);
    for (size_t i = 0; i < path.len; i++) {
        one[path.channel[i]] += (hw__i128)j->conversions * e->unit[i];
        value[path.channel[i]] += (hw__i128)j->value * e->unit[i];
    }
}

/* One model's sums while it is credited. */
typedef struct sums {
    hw__i128 *one, *worth;
    int64_t *conversions, *value; /* of a model that is `whole` */
} sums;

/* The distinct channels of a path in order of appearance: 2^40 / u to each of the u, one more to
 * the first few; or, for a model that is `whole`, all of it to each. */
static void add_set(const hw__djourney *j, const hw_path *path, bool whole, sums *to) {
    uint64_t distinct = 0, rank = 0;
    for (size_t i = 0; i < path->len; i++) distinct += path->scratch[path->channel[i]]++ == 0;
    const uint64_t all = UINT64_C(1) << HW__UNIT_BITS;
    for (size_t i = 0; i < path->len; i++) {
        uint16_t c = path->channel[i];
        if (!path->scratch[c]) continue;
        path->scratch[c] = 0;
        if (whole) {
            to->conversions[c] += j->conversions;
            to->value[c] += j->value;
            continue;
        }
        int64_t unit = (int64_t)(all / distinct + (rank++ < all % distinct));
        to->one[c] += (hw__i128)j->conversions * unit;
        to->worth[c] += (hw__i128)j->value * unit;
    }
}

static void add_one(const hw_dataset *d, const hw__djourney *j, const hw_model *model,
                    const hw_model_params *params, hw__eval *e, sums *to) {
    if (model->by_set) {
        hw_path path = hw__eval_path(d, j, e);
        add_set(j, &path, model->whole, to);
    } else if (model->pick) {
        hw_path path = hw__eval_path(d, j, e);
        uint16_t c = path.channel[model->pick(&path)];
        to->one[c] += (hw__i128)j->conversions * (INT64_C(1) << HW__UNIT_BITS);
        to->worth[c] += (hw__i128)j->value * (INT64_C(1) << HW__UNIT_BITS);
    } else {
        add_journey(d, j, model, params, e, to->one, to->worth);
    }
}

/* From the tally by place: the weights of each length, once. */
static hw_status add_places(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                            sums *to) {
    const hw__gather *t;
    HW__TRY(hw__gather_by_place(d, &t));
    uint64_t weights[HW__GATHER_LEN];
    int64_t unit[HW__GATHER_LEN];
    hw_share_work work[HW__GATHER_LEN];
    for (size_t n = 1; n <= HW__GATHER_LEN; n++) {
        const hw_path path = {.len = n, .lead = SIZE_MAX, .opportunity = SIZE_MAX};
        model->weights(&path, params, weights);
        hw_apportion(INT64_C(1) << HW__UNIT_BITS, weights, n, work, unit);
        for (size_t k = 0; k < n; k++) {
            const hw__sums *row = t->by_place + hw__gather_cell(n, k) * t->channels;
            for (size_t c = 0; c < t->channels; c++) {
                to->one[c] += (hw__i128)row[c].conversions * unit[k];
                to->worth[c] += (hw__i128)row[c].value * unit[k];
            }
        }
    }
    return HW_OK;
}

/* From the tally by set: 2^40 / u to each of u channels, one more to the first few. */
static hw_status add_sets(hw_dataset *d, const hw_model *model, sums *to) {
    const hw__gather *t;
    HW__TRY(hw__gather_by_set(d, &t));
    for (size_t u = 1; u <= HW__GATHER_LEN; u++) {
        const hw__sums *row = t->by_set + u * t->channels,
                       *extra = t->by_set_extra + u * t->channels;
        int64_t unit = (int64_t)((UINT64_C(1) << HW__UNIT_BITS) / u);
        for (size_t c = 0; c < t->channels; c++) {
            if (model->whole) {
                to->conversions[c] += row[c].conversions;
                to->value[c] += row[c].value;
                continue;
            }
            to->one[c] += (hw__i128)row[c].conversions * unit + extra[c].conversions;
            to->worth[c] += (hw__i128)row[c].value * unit + extra[c].value;
        }
    }
    return HW_OK;
}

/* A pick that asks for a flag which no channel has, or which all have, picks an end. */
static const hw_model *same_pick(const hw_model *model, const hw__eval *e) {
    uint8_t any = 0, all = 255;
    for (size_t c = 0; c < e->channel_count; c++) {
        any |= e->flags[c];
        all &= e->flags[c];
    }
    if (!model->pick || model->by_place || (any & ~all)) return model;
    return hw_model_at(model->pick == hw__pick_source_first ? 0 : 1);
}

static hw_status add_all(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                         hw__eval *e, sums *to) {
    model = same_pick(model, e);
    if ((model->by_place || model->by_set) && hw__gather_fits(d)) {
        HW__TRY(model->by_place ? add_places(d, model, params, to) : add_sets(d, model, to));
        for (size_t i = 0; i < d->gathered->longer.len; i++)
            add_one(d, &d->journeys.at[d->gathered->longer.at[i]], model, params, e, to);
        return HW_OK;
    }
    for (size_t i = 0; i < d->journeys.len; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (j->conversions || j->value) add_one(d, j, model, params, e, to);
    }
    return HW_OK;
}

static hw_status attribute_by_rule(hw_dataset *d, const hw_model *model,
                                   const hw_model_params *params, int64_t *conversions,
                                   int64_t *value) {
    size_t n = d->channels.strs.len;
    size_t bytes = (n + 1) * (2 * sizeof(hw__i128) + sizeof(hw_share_work));
    hw__i128 *one = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!one) return HW_E_NOMEM;
    memset(one, 0, bytes);
    for (size_t i = 0; i < n; i++) conversions[i] = value[i] = 0;
    sums to = {one, one + n, conversions, value};
    hw__eval e;
    hw_status s = hw__eval_init(&e, d, params);
    if (s == HW_OK) {
        s = add_all(d, model, params, &e, &to);
        hw__eval_free(&e);
    }
    if (s == HW_OK && !model->whole) {
        hw_share_work *work = (hw_share_work *)(one + 2 * n);
        round_sums(to.one, n, d->conversions, work, conversions);
        round_sums(to.worth, n, d->value, work, value);
    }
    d->alloc.free(d->alloc.ctx, one, bytes);
    return s;
}

size_t hw_model_part_count(const hw_model *model) {
    if (!model->parts) return 1;
    size_t n = 1;
    for (const char *p = model->parts; *p; p++) n += *p == ',';
    return n;
}

/* Shares of any scale to micros of the total. */
static void round_shares(const double *share, size_t n, int64_t total, hw_share_work *work,
                         int64_t *out) {
    double sum = 0;
    int64_t given = 0;
    for (size_t i = 0; i < n; i++) sum += share[i];
    bool none = !(sum > 0 || sum < 0);
    for (size_t i = 0; i < n; i++) {
        double exact = none ? 0 : (double)total * (share[i] / sum);
        out[i] = (int64_t)exact - (exact < (double)(int64_t)exact);
        given += out[i];
        work[i] = (hw_share_work){(uint64_t)((exact - (double)out[i]) * 0x1p52), (uint32_t)i};
    }
    if (none) return;
    /* Totals past 2^53 micros leave more over than there are channels. */
    for (; total - given > (int64_t)n; given += (int64_t)n)
        for (size_t i = 0; i < n; i++) out[i]++;
    for (; total < given; given -= (int64_t)n)
        for (size_t i = 0; i < n; i++) out[i]--;
    hw__apportion_rest(work, n, (size_t)(total - given), out);
}

static hw_status attribute_by_fit(hw_dataset *d, const hw_model *model,
                                  const hw_model_params *params, int64_t *conversions,
                                  int64_t *value) {
    size_t n = d->channels.strs.len * hw_model_part_count(model);
    size_t bytes = (n + 1) * (2 * sizeof(double) + sizeof(hw_share_work));
    double *one = d->alloc.alloc(d->alloc.ctx, bytes);
    if (!one) return HW_E_NOMEM;
    double *worth = one + n;
    hw_share_work *work = (hw_share_work *)(worth + n);
    hw_status s = model->fit(d, params, one, worth);
    if (s == HW_OK) {
        round_shares(one, n, d->conversions, work, conversions);
        round_shares(worth, n, d->value, work, value);
    }
    d->alloc.free(d->alloc.ctx, one, bytes);
    return s;
}

hw_status hw_dataset_attribute(hw_dataset *d, const hw_model *model, const hw_model_params *params,
                               int64_t *conversions, int64_t *value) {
    if (!d->finished || !sees_touches(d, model)) return HW_E_STATE;
    HW__TRY(hw_model_check(params));
    hw_dataset_summary summary;
    hw_dataset_summarize(d, &summary);
    if (model->needs_times && !summary.has_times) return HW_E_NEEDS_TIMES;
    d->sampled = (hw_sampled){.orders = 0};
    return model->weights ? attribute_by_rule(d, model, params, conversions, value)
                          : attribute_by_fit(d, model, params, conversions, value);
}

hw_sampled hw_dataset_sampled(const hw_dataset *d) {
    return d->sampled;
}

/* ---- journeys for display ---- */

static void shares_json(hw__json *out, const hw_path *path, const hw_model *model,
                        const hw_model_params *params, hw__eval *e) {
    model->weights(path, params, e->weights);
    hw_apportion(HW_MICROS, e->weights, path->len, e->work, e->unit);
    hw__json_key(out, model->name);
    hw__json_open(out, '[');
    for (size_t i = 0; i < path->len; i++) hw__json_int(out, e->unit[i]);
    hw__json_close(out, ']');
}

static void journey_json(const hw_dataset *d, const hw__djourney *j, const hw_model *const *models,
                         size_t model_count, const hw_model_params *params, hw__eval *e,
                         hw__json *out) {
    hw_path path = hw__eval_path(d, j, e);
    bool none = !j->conversions && !hw__has_touch(d, j);
    if (none) path.len = 0; /* the direct touch stands in for conversions only */
    hw__json_open(out, '{');
    hw__json_key(out, "channels");
    hw__json_open(out, '[');
    for (size_t i = 0; i < path.len; i++) hw__json_int(out, path.channel[i]);
    hw__json_close(out, ']');
    hw__json_key(out, "times");
    hw__json_open(out, '[');
    for (size_t i = 0; i < path.len && path.age_ms && d->at.len; i++)
        hw__json_int(out, j->at - path.age_ms[i]);
    hw__json_close(out, ']');
    const char *const names[] = {"conversions", "value", "nulls", "convertedAt"};
    const int64_t numbers[] = {j->conversions, j->value, j->nulls, j->at};
    for (int i = 0; i < 4; i++) {
        hw__json_key(out, names[i]);
        hw__json_int(out, numbers[i]);
    }
    hw__json_key(out, "shares");
    hw__json_open(out, '{');
    for (size_t m = 0; m < model_count && path.len; m++)
        if (models[m]->weights && (path.age_ms || !models[m]->needs_times))
            shares_json(out, &path, models[m], params, e);
    hw__json_close(out, '}');
    hw__json_close(out, '}');
}

hw_status hw_dataset_journeys_json(hw_dataset *d, size_t from, size_t count,
                                   const hw_model *const *models, size_t model_count,
                                   const hw_model_params *params, char *buf, size_t cap,
                                   size_t *len) {
    if (!d->finished) return HW_E_STATE;
    HW__TRY(hw_model_check(params));
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, params));
    hw__json out = {.at = buf, .cap = cap};
    hw__json_open(&out, '[');
    for (size_t i = from; i < d->journeys.len && i - from < count; i++)
        journey_json(d, &d->journeys.at[i], models, model_count, params, &e, &out);
    hw__json_close(&out, ']');
    hw__eval_free(&e);
    *len = out.len;
    return out.len > cap ? HW_E_BUFFER : HW_OK;
}
