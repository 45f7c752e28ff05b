import type { FunctionDeclaration } from '../protocol/messages';

/** What a function can change in the page. */
export interface PageHost {
  colour(value: string): void;
  chart(chart: Chart): void;
}

export interface Chart {
  title: string;
  labels: string[];
  values: number[];
}

export interface PageFunction {
  declaration: FunctionDeclaration;
  run(args: Record<string, unknown>, page: PageHost): unknown;
}

const schema = (properties: Record<string, unknown>, required: string[] = []) => ({ type: 'object', properties, required });

/** The built-in functions. */
export const builtInFunctions: PageFunction[] = [
  {
    declaration: { name: 'get_time', description: 'Returns the date, time and time zone of the user.' },
    run: () => {
      const now = new Date();
      return {
        time: now.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }),
        date: now.toLocaleDateString('en-GB', { dateStyle: 'full' }),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      };
    },
  },
  {
    declaration: {
      name: 'roll_dice',
      description: 'Rolls dice and returns the result.',
      parameters: schema({
        count: { type: 'integer', description: 'How many dice, 1 to 10.' },
        sides: { type: 'integer', description: 'Sides of each, 2 to 100.' },
      }),
    },
    run: ({ count, sides }) => {
      const dice = Math.min(10, Math.max(1, Number(count) || 1));
      const faces = Math.min(100, Math.max(2, Number(sides) || 6));
      const rolls = Array.from(crypto.getRandomValues(new Uint32Array(dice)), (value) => (value % faces) + 1);
      return { rolls, total: rolls.reduce((sum, roll) => sum + roll, 0) };
    },
  },
  {
    declaration: {
      name: 'set_page_colour',
      description: 'Changes the background colour of the page.',
      parameters: schema({ colour: { type: 'string', description: 'A colour, such as green or tomato.' } }, ['colour']),
    },
    run: ({ colour }, page) => {
      const value = String(colour ?? '')
        .replaceAll(' ', '')
        .toLowerCase();
      if (!CSS.supports('color', value)) throw new Error(`Unknown colour: ${colour}. Use a CSS colour name such as tomato.`);
      page.colour(value);
      return { colour: value };
    },
  },
  {
    declaration: {
      name: 'draw_chart',
      description: 'Draws a bar chart for the user.',
      parameters: schema(
        {
          title: { type: 'string', description: 'What the chart shows.' },
          labels: { type: 'array', items: { type: 'string' }, description: 'Names of the bars.' },
          values: { type: 'array', items: { type: 'number' }, description: 'Heights of the bars.' },
        },
        ['values'],
      ),
    },
    run: ({ title, labels, values }, page) => {
      const heights = (Array.isArray(values) ? values : [values]).map(Number).filter(Number.isFinite).slice(0, 24);
      if (heights.length === 0) throw new Error('The values contain no numbers.');
      const names = Array.isArray(labels) ? labels.map(String) : [];
      page.chart({
        title: String(title ?? 'Chart'),
        labels: heights.map((_, index) => names[index] ?? String(index + 1)),
        values: heights,
      });
      return { bars: heights.length };
    },
  },
];
