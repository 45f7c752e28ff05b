import type { TypedFunction } from '../settings/profile';
import { change, profile } from '../settings/store';
import { checkDeclaration } from '../tools/declaration-check';
import { builtInFunctions } from '../tools/functions';
import { Switch, Text } from '../ui/fields';

const template: TypedFunction = {
  declaration: JSON.stringify(
    {
      name: 'look_up_order',
      description: 'Finds an order by its number.',
      parameters: {
        type: 'object',
        properties: { number: { type: 'integer', description: 'Number of the order.' } },
        required: ['number'],
      },
    },
    null,
    2,
  ),
  code: "// args: the arguments from the model. page.colour('tomato') and page.chart({title, labels, values}) change this page.\nreturn { status: 'on its way', number: args.number };",
};

export function FunctionsEditor() {
  const { ready, typed } = profile.value;
  const edit = (index: number, members: Partial<TypedFunction>) =>
    change({ typed: typed.map((one, at) => (at === index ? { ...one, ...members } : one)) });
  return (
    <fieldset class="panel wide">
      <legend>Functions</legend>
      <p class="hint">They run in this page when the model calls them, and their results go back to the model.</p>
      <div class="ready">
        {builtInFunctions.map(({ declaration }) => (
          <Switch
            key={declaration.name}
            label={declaration.name}
            hint={declaration.description}
            checked={ready.includes(declaration.name)}
            onChange={(on) => change({ ready: on ? [...ready, declaration.name] : ready.filter((one) => one !== declaration.name) })}
          />
        ))}
      </div>
      {typed.map((one, index) => (
        <div class="typed" key={index}>
          <Text
            label={`Declaration ${index + 1} (JSON)`}
            code
            rows={9}
            value={one.declaration}
            onInput={(declaration) => edit(index, { declaration })}
          />
          <Problems declaration={one.declaration} />
          <Text
            label="JavaScript code"
            code
            rows={5}
            value={one.code}
            hint="Runs in its own worker, for at most ten seconds."
            onInput={(code) => edit(index, { code })}
          />
          <button type="button" onClick={() => change({ typed: typed.filter((_, at) => at !== index) })}>
            Remove this function
          </button>
        </div>
      ))}
      <button type="button" onClick={() => change({ typed: [...typed, template] })}>
        Add a function
      </button>
    </fieldset>
  );
}

function Problems({ declaration }: { declaration: string }) {
  let problems: string[];
  try {
    problems = checkDeclaration(JSON.parse(declaration));
  } catch (error) {
    problems = [(error as Error).message];
  }
  if (problems.length === 0) return <p class="fine">The declaration is valid.</p>;
  return (
    <div class="problems" role="alert">
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </div>
  );
}
