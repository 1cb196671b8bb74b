/**
 * JSON Schema (2020-12) of what a Valibot schema accepts as input. Knows the
 * parts of Valibot that this project uses and refuses others, so that nothing
 * is left out in silence.
 */
import type * as v from 'valibot';

export type JsonSchema = Record<string, unknown>;

/** The fields of Valibot's objects that are read here. */
interface Node {
  kind: string;
  type: string;
  entries?: Record<string, Node>;
  options?: unknown[];
  item?: Node;
  key?: Node;
  value?: Node;
  wrapped?: Node;
  literal?: unknown;
  default?: unknown;
  requirement?: unknown;
  description?: string;
  pipe?: readonly Node[];
}

export function toJsonSchema(schema: v.GenericSchema): JsonSchema {
  return convert(schema as unknown as Node);
}

function convert(node: Node): JsonSchema {
  if (node.pipe !== undefined) {
    const [first, ...steps] = node.pipe;
    const schema = convertBase(first!);
    for (const step of steps) {
      // After a transformation the rules speak of the output; but a description still counts.
      if (step.kind === 'transformation' && step.type !== 'raw_transform') {
        const description = steps.find(({ type }) => type === 'description');
        return description === undefined ? schema : { ...schema, ...constraint(description) };
      }
      Object.assign(schema, constraint(step));
    }
    return schema;
  }
  return convertBase(node);
}

function convertBase(node: Node): JsonSchema {
  if (node.pipe !== undefined) return convert(node);
  switch (node.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type: node.type };
    case 'literal':
      return { const: node.literal };
    case 'picklist':
      return { enum: node.options };
    case 'array':
      return { type: 'array', items: convert(node.item!) };
    case 'record':
      return {
        type: 'object',
        propertyNames: convert(node.key!),
        additionalProperties: convert(node.value!),
      };
    case 'object':
    case 'strict_object':
      return convertObject(node);
    case 'union':
      return { anyOf: (node.options as Node[]).map(convert) };
    case 'variant':
      return { oneOf: (node.options as Node[]).map(convert) };
    case 'nullable':
      return { anyOf: [convert(node.wrapped!), { type: 'null' }] };
    case 'optional':
      return node.default === undefined
        ? convert(node.wrapped!)
        : { ...convert(node.wrapped!), default: node.default };
    default:
      throw new Error(`no JSON Schema for the Valibot schema "${node.type}"`);
  }
}

function convertObject(node: Node): JsonSchema {
  const entries = Object.entries(node.entries!);
  const required = entries.filter(([, entry]) => entry.type !== 'optional').map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, entry]) => [name, convert(entry)])),
    ...(required.length > 0 && { required }),
    ...(node.type === 'strict_object' && { additionalProperties: false }),
  };
}

function constraint(step: Node): JsonSchema {
  switch (step.type) {
    case 'min_length':
      return { minLength: step.requirement };
    case 'max_length':
      return { maxLength: step.requirement };
    case 'min_value':
      return { minimum: step.requirement };
    case 'max_value':
      return { maximum: step.requirement };
    case 'integer':
    case 'safe_integer':
      return { type: 'integer' };
    case 'regex':
      return { pattern: (step.requirement as RegExp).source };
    case 'description':
      return { description: step.description };
    case 'check':
    case 'raw_transform':
      return {};
    default:
      throw new Error(`no JSON Schema for the Valibot action "${step.type}"`);
  }
}
