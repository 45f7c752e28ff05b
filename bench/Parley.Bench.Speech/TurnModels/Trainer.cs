namespace Parley.Bench.Speech.TurnModels;

/// <summary>
/// Trains a logistic regression: cross-entropy with weight decay, whole set at once, by Adam; the same weights on every run.
/// </summary>
internal static class Trainer
{
    // From 0.0003 to 0.02 the order of pauses of speakers left out changes little.
    private const double Decay = 0.003;
    private const double Rate = 0.05;
    private const int Rounds = 400;

    /// <summary>Returns a weight for each feature, and the bias.</summary>
    internal static float[] Train(IReadOnlyList<Example> examples, int first, int count)
    {
        var (weights, moment, square, gradient) = (new double[count + 1], new double[count + 1], new double[count + 1], new double[count + 1]);
        // Both kinds count the same, so that 0.5 means "unknown".
        var over = examples.Count(one => one.IsOver);
        var (overWeight, otherWeight) = (0.5 / over, 0.5 / (examples.Count - over));
        for (var round = 1; round <= Rounds; round++)
        {
            for (var i = 0; i < count; i++)
                gradient[i] = Decay * weights[i];
            gradient[count] = 0;
            foreach (var example in examples)
            {
                var features = example.Features.AsSpan(first, count);
                var sum = weights[count];
                for (var i = 0; i < count; i++)
                    sum += weights[i] * features[i];
                var error = ((1 / (1 + Math.Exp(-sum))) - (example.IsOver ? 1 : 0)) * (example.IsOver ? overWeight : otherWeight);
                for (var i = 0; i < count; i++)
                    gradient[i] += error * features[i];
                gradient[count] += error;
            }
            for (var i = 0; i <= count; i++)
            {
                moment[i] = (0.9 * moment[i]) + (0.1 * gradient[i]);
                square[i] = (0.99 * square[i]) + (0.01 * gradient[i] * gradient[i]);
                weights[i] -= Rate * (moment[i] / (1 - Math.Pow(0.9, round))) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.99, round))) + 1e-9);
            }
        }
        return [.. weights.Select(weight => (float)weight)];
    }
}
