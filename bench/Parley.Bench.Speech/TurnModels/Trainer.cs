using Parley.Speech.TurnTaking.Prosody;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>Trains the network of <see cref="TurnModel"/>: cross-entropy with weight decay, Adam, whole set at once; repeatable by its seed.</summary>
internal static class Trainer
{
    private const double Decay = 0.004;
    private const double Rate = 0.01;

    internal static (float[][] Hidden, float[] Output) Train(IReadOnlyList<Example> examples, int first, int count, int units, int rounds, int seed)
    {
        var random = new Random(seed);
        var width = count + 1;
        var weights = new double[(units * width) + units + 1];
        for (var i = 0; i < units * width; i++)
            weights[i] = (random.NextDouble() - 0.5) * 0.6;
        for (var i = units * width; i < weights.Length - 1; i++)
            weights[i] = (random.NextDouble() - 0.5) * 0.6;
        var (moment, square, gradient, active) = (new double[weights.Length], new double[weights.Length], new double[weights.Length], new double[units]);
        // Both kinds count the same, so that 0.5 means "unknown".
        var over = examples.Count(one => one.IsOver);
        var (overWeight, otherWeight) = (0.5 / over, 0.5 / (examples.Count - over));
        for (var round = 1; round <= rounds; round++)
        {
            for (var i = 0; i < weights.Length; i++)
                gradient[i] = Decay * weights[i] / weights.Length;
            foreach (var example in examples)
            {
                var features = example.Features.AsSpan(first, count);
                var sum = weights[^1];
                for (var unit = 0; unit < units; unit++)
                {
                    var row = weights.AsSpan(unit * width, width);
                    var input = row[count];
                    for (var i = 0; i < count; i++)
                        input += row[i] * features[i];
                    active[unit] = Math.Tanh(input);
                    sum += weights[(units * width) + unit] * active[unit];
                }
                var error = ((1 / (1 + Math.Exp(-sum))) - (example.IsOver ? 1 : 0)) * (example.IsOver ? overWeight : otherWeight);
                gradient[^1] += error;
                for (var unit = 0; unit < units; unit++)
                {
                    gradient[(units * width) + unit] += error * active[unit];
                    var back = error * weights[(units * width) + unit] * (1 - (active[unit] * active[unit]));
                    var row = gradient.AsSpan(unit * width, width);
                    for (var i = 0; i < count; i++)
                        row[i] += back * features[i];
                    row[count] += back;
                }
            }
            for (var i = 0; i < weights.Length; i++)
            {
                moment[i] = (0.9 * moment[i]) + (0.1 * gradient[i]);
                square[i] = (0.999 * square[i]) + (0.001 * gradient[i] * gradient[i]);
                weights[i] -= Rate * (moment[i] / (1 - Math.Pow(0.9, round))) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, round))) + 1e-8);
            }
        }
        return (
            [.. Enumerable.Range(0, units).Select(unit => weights[(unit * width)..((unit + 1) * width)].Select(weight => (float)weight).ToArray())],
            [.. weights[(units * width)..].Select(weight => (float)weight)]);
    }
}
