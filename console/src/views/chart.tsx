import type { Chart } from '../tools/functions';

/** A bar chart drawn by a page function. */
export function ChartView({ chart }: { chart: Chart }) {
  const top = Math.max(...chart.values, 0) || 1;
  const width = 100 / chart.values.length;
  return (
    <figure class="chart" data-testid="chart">
      <svg
        viewBox="0 0 100 60"
        role="img"
        aria-label={`${chart.title}: ${chart.labels.map((label, index) => `${label} ${chart.values[index]}`).join(', ')}`}
      >
        {chart.values.map((value, index) => {
          const tall = (Math.max(0, value) / top) * 48;
          return (
            <g key={index}>
              <rect x={index * width + width * 0.15} y={52 - tall} width={width * 0.7} height={tall} />
              <text x={index * width + width / 2} y={58} text-anchor="middle">
                {chart.labels[index]}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption>{chart.title}</figcaption>
    </figure>
  );
}
