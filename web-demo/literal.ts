/** Data as the source text of a programming language, so that one description serves every snippet. */

export type Data = string | readonly Data[] | { readonly [name: string]: Data };

interface Syntax {
  indent: string;
  text: (text: string) => string;
  list: [open: string, close: string];
  object: [open: string, close: string];
  /** Between the braces of an object on one line. */
  space: string;
  entry: (name: string, value: string) => string;
}

const singleQuoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const syntaxes = {
  node: {
    indent: '  ',
    text: singleQuoted,
    list: ['[', ']'],
    object: ['{', '}'],
    space: ' ',
    entry: (name, value) => `${/^[a-z_]\w*$/i.test(name) ? name : singleQuoted(name)}: ${value}`,
  },
  php: {
    indent: '    ',
    text: singleQuoted,
    list: ['[', ']'],
    object: ['[', ']'],
    space: '',
    entry: (name, value) => `${singleQuoted(name)} => ${value}`,
  },
  python: {
    indent: '    ',
    text: (text) => JSON.stringify(text),
    list: ['[', ']'],
    object: ['{', '}'],
    space: '',
    entry: (name, value) => `${JSON.stringify(name)}: ${value}`,
  },
} as const satisfies Record<string, Syntax>;

export type Language = keyof typeof syntaxes;

const LINE = 72;

/** @param margin white space in front of its lines but the first */
export const literal = (language: Language, data: Data, margin = ''): string => {
  const { indent, text, list, object, space, entry }: Syntax = syntaxes[language];
  if (typeof data === 'string') return text(data);
  const isList = Array.isArray(data);
  const [open, close] = isList ? list : object;
  const parts = (within: string): string[] =>
    isList
      ? data.map((each) => literal(language, each, within))
      : Object.entries(data).map(([name, each]) => entry(name, literal(language, each, within)));
  const padding = isList ? '' : space;
  const short = `${open}${padding}${parts(margin).join(', ')}${padding}${close}`;
  if (!short.includes('\n') && margin.length + short.length <= LINE) return short;
  const inner = parts(margin + indent).map((part) => `${margin}${indent}${part},\n`);
  return `${open}\n${inner.join('')}${margin}${close}`;
};
