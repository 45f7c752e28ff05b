const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const schemaMembers = new Set([
  'type',
  'description',
  'enum',
  'format',
  'items',
  'properties',
  'required',
  'nullable',
  'title',
  'default',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  'anyOf',
  'example',
  'propertyOrdering',
  'minProperties',
  'maxProperties',
]);
const declarationMembers = new Set([
  'name',
  'description',
  'parameters',
  'parametersJsonSchema',
  'response',
  'responseJsonSchema',
  'behavior',
]);

/** Errors of a function declaration that the service would refuse, each with its path; empty = valid (docs/protocol.md#414-tools). */
export function checkDeclaration(value: unknown): string[] {
  const problems: string[] = [];
  if (!isObject(value)) return ['A declaration must be a JSON object: {"name": …, "description": …, "parameters": …}.'];
  const { name, parameters, behavior } = value;
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name))
    problems.push('name: must have 1 to 64 letters, digits, _ . : or -, and start with a letter or _.');
  for (const member of Object.keys(value)) if (!declarationMembers.has(member)) problems.push(`${member}: not a field of a declaration.`);
  if (behavior !== undefined && behavior !== 'BLOCKING' && behavior !== 'NON_BLOCKING')
    problems.push('behavior: must be BLOCKING or NON_BLOCKING.');
  if (parameters !== undefined && value.parametersJsonSchema !== undefined)
    problems.push('parameters and parametersJsonSchema: only one of them is allowed.');
  if (parameters !== undefined) {
    checkSchema(parameters, 'parameters', problems);
    if (isObject(parameters) && String(parameters.type).toLowerCase() !== 'object') problems.push('parameters.type: must be "object".');
  }
  return problems;
}

function checkSchema(value: unknown, path: string, problems: string[]): void {
  if (!isObject(value)) {
    problems.push(`${path}: must be a JSON object.`);
    return;
  }
  for (const member of Object.keys(value))
    if (!schemaMembers.has(member)) problems.push(`${path}.${member}: the service does not know this keyword.`);
  const { type, properties, required, items } = value;
  if (type === undefined ? value.anyOf === undefined : typeof type !== 'string' || !types.has(type.toLowerCase()))
    problems.push(`${path}.type: must be one of ${[...types].join(', ')}.`);
  if (value.enum !== undefined && !(Array.isArray(value.enum) && value.enum.every((one) => typeof one === 'string')))
    problems.push(`${path}.enum: must be a list of strings.`);
  if (properties !== undefined) {
    if (!isObject(properties)) problems.push(`${path}.properties: must be a JSON object.`);
    else for (const [name, property] of Object.entries(properties)) checkSchema(property, `${path}.properties.${name}`, problems);
  }
  if (required !== undefined) {
    if (!Array.isArray(required)) problems.push(`${path}.required: must be a list of names.`);
    else
      for (const name of required)
        if (!isObject(properties) || !(String(name) in properties)) problems.push(`${path}.required: there is no property ${name}.`);
  }
  if (String(type).toLowerCase() === 'array' && items === undefined) problems.push(`${path}.items: is required for an array.`);
  if (items !== undefined) checkSchema(items, `${path}.items`, problems);
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
