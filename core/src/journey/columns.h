/* Which column of a file plays which role. */
#ifndef HW__COLUMNS_H
#define HW__COLUMNS_H

#include "base/internal.h"

/* X(id, role name, comma-separated synonyms in lower case) */
#define HW__ROLES(X)                                                                               \
    X(PATH, "path", "path,paths,journey")                                                          \
    X(CONVERSIONS, "conversions", "total_conversions,conversions,total_conversion,conv")           \
    X(NULLS, "nulls", "total_null,total_nulls,nulls,null")                                         \
    X(TIMES, "times", "times,time_lags,lags")                                                      \
    X(VISITOR, "visitor",                                                                          \
      "visitor,visitor_id,cookie,cookie_id,user_pseudo_id,client_id,anonymous_id,user_id,user,"    \
      "person,customer_id,customer")                                                               \
    X(TIME, "time", "time,timestamp,ts,occurred_at,event_timestamp,event_time,datetime,date")      \
    X(CHANNEL, "channel", "channel,channel_name,marketing_channel,touchpoint")                     \
    X(INTERACTION, "interaction", "interaction,interaction_type,kind,event_name,event,type")       \
    X(CONVERSION, "conversion", "conversion,converted,is_conversion")                              \
    X(VALUE, "value", "total_conversion_value,conversion_value,value,revenue,amount")              \
    X(EVENT_ID, "event_id", "event_id,insert_id,message_id")                                       \
    X(ORDER_ID, "order_id", "order_id,transaction_id,order")                                       \
    X(SOURCE, "source", "utm_source,source")                                                       \
    X(MEDIUM, "medium", "utm_medium,medium")                                                       \
    X(CAMPAIGN, "campaign", "utm_campaign,campaign")                                               \
    X(TERM, "term", "utm_term,term")                                                               \
    X(CONTENT, "content", "utm_content,content")                                                   \
    X(URL, "url", "url,landing_page,page_location,page_url")                                       \
    X(REFERRER, "referrer", "referrer,referer,page_referrer")

typedef enum hw__role {
#define HW_X(id, name, synonyms) HW__ROLE_##id,
    HW__ROLES(HW_X)
#undef HW_X
        HW__ROLE_COUNT
} hw__role;

typedef struct hw__columns {
    hw_dataset_kind kind;
    uint32_t count;             /* fields of the header */
    int32_t at[HW__ROLE_COUNT]; /* column of each role, -1: none */
#ifndef HW_LEAN
    bool orders; /* visitor, time and value are enough */
#endif
} hw__columns;

/* Finds a role by name; HW__ROLE_COUNT when there is none. */
hw__role hw__role_find(hw_str name);

/* named[role] is the caller's column name or empty. */
hw_status hw__columns_read(hw__columns *columns, const hw_str *named, const hw_str *fields,
                           uint32_t count, uint64_t line, hw_error *err);

#endif
