/**
 * Rows of a conversion file to events. Two headers are known: Google Ads' template for conversions
 * from clicks (help answer 7014069), and our own, whose columns are the fields of an event.
 */
import type { Site } from '../config.ts';
import { USER_FIELDS } from '../schema/event.ts';
import { parseImportTime } from './times.ts';

/** Event fields, or a reason why the row cannot be one. */
export type RowResult = { event: Record<string, unknown> } | { message: string };
export type ReadRow = (fields: readonly string[]) => RowResult;

type Place = (event: Record<string, unknown>, value: string) => void;

const field =
  (name: string): Place =>
  (event, value) => {
    event[name] = value;
  };
const inside =
  (outer: string, name: string, change: (value: string) => string = (value) => value): Place =>
  (event, value) => {
    event[outer] = { ...(event[outer] as object | undefined), [name]: change(value) };
  };
const lower = (value: string): string => value.toLowerCase();

/** Google's columns, lower case. The time and the conversion's name are read apart. */
const GOOGLE: Record<string, Place> = {
  'google click id': inside('ids', 'gclid'),
  gbraid: inside('ids', 'gbraid'),
  wbraid: inside('ids', 'wbraid'),
  'conversion value': field('value'),
  'conversion currency': field('currency'),
  'order id': field('order_id'),
  'ad user data': inside('consent', 'ad_user_data', lower),
  'ad personalization': inside('consent', 'ad_personalization', lower),
  email: inside('user', 'email'),
  'phone number': inside('user', 'phone'),
};

const PLAIN = [
  'event_id',
  'visitor_id',
  'order_id',
  'value',
  'currency',
  'url',
  'referrer',
  'kind',
];
const SOURCE = ['source', 'medium', 'campaign', 'term', 'content', 'channel'];
const CONSENT = ['ad_user_data', 'ad_personalization', 'analytics'];
const CLICK_IDS =
  'gclid gbraid wbraid dclid fbclid fbc fbp ttclid li_fat_id msclkid epik sccid rdt_cid twclid yclid irclickid cjevent awc tblci dicbo obclid oppref qclid vmcid aleid';

const OWN: Record<string, Place> = {
  ...Object.fromEntries(PLAIN.map((name) => [name, field(name)])),
  ...Object.fromEntries(USER_FIELDS.map((name) => [name, inside('user', name)])),
  ...Object.fromEntries(SOURCE.map((name) => [name, inside('source', name)])),
  ...Object.fromEntries(CONSENT.map((name) => [name, inside('consent', name, lower)])),
  ...Object.fromEntries(CLICK_IDS.split(' ').map((name) => [name, inside('ids', name)])),
};

export const OWN_COLUMNS = ['conversion', 'occurred_at', ...Object.keys(OWN)];

/**
 * @param header the fields of the header row
 * @param zone of times that bring none
 * @returns how to read a row, or what is wrong with the header
 */
export function conversionRows(
  site: Site,
  header: readonly string[],
  zone: string | undefined,
): ReadRow | { message: string } {
  const names = header.map((name) => name.toLowerCase());
  const google = names.includes('conversion name') && names.includes('conversion time');
  // A header is anybody's text: no name of it may reach what every object has.
  const places = new Map(Object.entries(google ? GOOGLE : OWN));
  const nameAt = names.indexOf(google ? 'conversion name' : 'conversion');
  const timeAt = names.indexOf(google ? 'conversion time' : 'occurred_at');
  if (nameAt < 0 || timeAt < 0) {
    return {
      message: `expected Google's header (Google Click ID, Conversion Name, Conversion Time, …) or ours (conversion, occurred_at, and any of ${Object.keys(OWN).slice(0, 12).join(', ')}, …), found ${header.slice(0, 12).join(', ').slice(0, 300)}`,
    };
  }
  const unknown = names.filter((name, i) => i !== nameAt && i !== timeAt && !places.has(name));
  if (!google && unknown.length > 0) {
    return {
      message: `unknown columns ${unknown.slice(0, 5).join(', ')}; known are ${OWN_COLUMNS.join(', ')}`,
    };
  }
  const byName = new Map(site.conversions.map((each) => [each.name, each]));
  return (fields) => {
    if (fields.length !== header.length) {
      return { message: `the row has ${fields.length} fields, the header ${header.length}` };
    }
    const name = fields[nameAt] ?? '';
    // Ad platforms allow capitals in names, the configuration does not.
    const conversion = byName.get(name.toLowerCase());
    if (conversion?.event === undefined) {
      const known = site.conversions.filter((each) => each.event).map((each) => each.name);
      return {
        message: `no conversion is called ${JSON.stringify(name.slice(0, 60))}; those counted by an event are ${known.join(', ') || 'none'}`,
      };
    }
    const event: Record<string, unknown> = { name: conversion.event };
    try {
      event.occurred_at = parseImportTime(fields[timeAt] ?? '', zone);
    } catch (error) {
      return { message: (error as RangeError).message };
    }
    for (const [i, column] of names.entries()) {
      const value = fields[i];
      if (value) places.get(column)?.(event, value);
    }
    return { event };
  };
}

/** The zone of a line `Parameters:TimeZone=Europe/Berlin`; undefined for another line. */
export function parametersZone(fields: readonly string[]): string | undefined {
  return /^Parameters:.*?TimeZone=([^;,\s]+)/i.exec(fields.join(','))?.[1];
}
