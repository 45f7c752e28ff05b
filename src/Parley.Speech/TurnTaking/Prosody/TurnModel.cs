using System.Globalization;
using System.Numerics.Tensors;

namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// A logistic regression that estimates whether a turn is over. Its weights are text in this library, made by
/// <c>bench/Parley.Bench.Speech -- turn-model</c>: a line with the name, a weight for each feature, and the bias. Thread-safe.
/// </summary>
internal sealed class TurnModel
{
    private const string Resource = "turn_models.txt";

    private readonly float[] _weights;

    /// <summary>Makes a model of weights; the last one is the bias.</summary>
    public TurnModel(float[] weights) => _weights = weights;

    /// <summary>Number of features.</summary>
    public int Inputs => _weights.Length - 1;

    /// <summary>Reads the model of a name from the library.</summary>
    public static TurnModel Load(string name)
    {
        using var reader = new StreamReader(typeof(TurnModel).Assembly.GetManifestResourceStream(Resource)!);
        return Parse(reader.ReadToEnd(), name);
    }

    /// <summary>Reads the model of a name from text.</summary>
    /// <exception cref="FormatException">There is no such model, or it is damaged.</exception>
    public static TurnModel Parse(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name + ' ', StringComparison.Ordinal))
            ?? throw new FormatException($"There is no turn model \"{name}\".");
        var weights = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1..]
            .Select(static weight => float.Parse(weight, CultureInfo.InvariantCulture)).ToArray();
        return weights.Length >= 2 && Array.TrueForAll(weights, float.IsFinite)
            ? new TurnModel(weights)
            : throw new FormatException($"The turn model \"{name}\" is damaged.");
    }

    /// <summary>The probability that the turn is over. Does not allocate.</summary>
    /// <param name="features"><see cref="Inputs"/> features.</param>
    public float Rate(ReadOnlySpan<float> features) =>
        1 / (1 + MathF.Exp(-(TensorPrimitives.Dot(features, _weights.AsSpan(0, features.Length)) + _weights[^1])));
}
