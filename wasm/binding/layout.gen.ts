// Made by wasm/scripts/gen-layout.mjs; do not edit.
// biome-ignore format: generated
export const layout = {
  "abi": 1,
  "version": "0.1.0",
  "status": {
    "HW_OK": [
      0,
      "fine"
    ],
    "HW_E_NOMEM": [
      1,
      "the allocator has no memory left"
    ],
    "HW_E_ARG": [
      2,
      "an argument is outside its documented range"
    ],
    "HW_E_BUFFER": [
      3,
      "the output does not fit the buffer given; the size needed is returned"
    ],
    "HW_E_STATE": [
      4,
      "the call does not fit the object's state"
    ],
    "HW_E_LIMIT": [
      5,
      "a documented limit is exceeded"
    ],
    "HW_E_OVERFLOW": [
      6,
      "a sum of money or counts leaves the 63-bit range"
    ],
    "HW_E_FORMAT": [
      10,
      "the bytes are not a blob of this kind"
    ],
    "HW_E_VERSION": [
      11,
      "the blob was written in a format this build does not read"
    ],
    "HW_E_CHECKSUM": [
      12,
      "the blob is damaged: its checksum does not match"
    ],
    "HW_E_CORRUPT": [
      13,
      "the blob is damaged: an index or a length inside it is out of range"
    ],
    "HW_E_CONFIG": [
      14,
      "the blob was written under another configuration"
    ],
    "HW_E_CSV": [
      20,
      "the CSV is malformed"
    ],
    "HW_E_HEADER": [
      21,
      "the header names no known kind of file"
    ],
    "HW_E_NUMBER": [
      22,
      "a number is malformed or out of range"
    ],
    "HW_E_TIME": [
      23,
      "a time is malformed or out of range"
    ],
    "HW_E_PATH": [
      24,
      "a path is empty or does not match its times"
    ],
    "HW_E_MODEL": [
      30,
      "there is no model of that name"
    ],
    "HW_E_NEEDS_TIMES": [
      31,
      "the model needs times, and the data has none"
    ]
  },
  "clickIds": [
    "gclid",
    "wbraid",
    "gbraid",
    "dclid",
    "fbclid",
    "ttclid",
    "li_fat_id",
    "msclkid",
    "epik",
    "sccid",
    "rdt_cid",
    "twclid",
    "yclid",
    "irclickid",
    "cjevent",
    "awc",
    "tblci",
    "dicbo",
    "obclid",
    "oppref",
    "qclid",
    "vmcid",
    "aleid"
  ],
  "origins": [
    "direct",
    "referrer",
    "tagged",
    "internal"
  ],
  "interactions": [
    "",
    "click",
    "impression",
    "visit"
  ],
  "outcomes": [
    "accepted",
    "duplicate",
    "duplicate_order",
    "late",
    "full",
    "refund_clamped",
    "refund_waiting"
  ],
  "verdicts": [
    "new",
    "duplicate",
    "late"
  ],
  "transforms": [
    "unique",
    "exposure",
    "first",
    "frequency"
  ],
  "bases": [
    "conversion",
    "touch",
    "conversion_refund",
    "touch_refund",
    "refund"
  ],
  "kinds": [
    "",
    "paths",
    "touches"
  ],
  "conversion": {
    "hasOrder": 1,
    "once": 2,
    "refund": 4
  },
  "error": {
    "status": 0,
    "line": 8,
    "column": 16,
    "message": 20
  }
} as const;
