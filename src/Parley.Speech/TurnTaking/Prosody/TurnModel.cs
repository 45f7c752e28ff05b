using System.Globalization;
using System.Numerics.Tensors;

namespace Parley.Speech.TurnTaking.Prosody;

/// <summary>
/// A small network with one hidden layer that estimates whether a turn is over. Its weights are text in this library, made by
/// <c>bench/Parley.Bench.Speech -- turn-model</c>: a line with the name, the number of inputs and of hidden units, then a line of weights for
/// each hidden unit (its bias last), then one for the output. Thread-safe.
/// </summary>
internal sealed class TurnModel
{
    private const string Resource = "turn_models.txt";
    private const int MaxUnits = 64;

    private readonly float[][] _hidden;
    private readonly float[] _output;

    /// <summary>Makes a model of weights.</summary>
    public TurnModel(float[][] hidden, float[] output) => (_hidden, _output) = (hidden, output);

    /// <summary>Number of features.</summary>
    public int Inputs => _hidden[0].Length - 1;

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
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToArray();
        var head = Array.FindIndex(lines, line => line.StartsWith(name + ' ', StringComparison.Ordinal));
        if (head < 0)
            throw new FormatException($"There is no turn model \"{name}\".");
        var sizes = lines[head].Split(' ').Skip(1).Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToArray();
        if (sizes is not [> 0, > 0 and <= MaxUnits] || lines.Length < head + 2 + sizes[1])
            throw new FormatException($"The turn model \"{name}\" is damaged.");
        var rows = lines[(head + 1)..(head + 2 + sizes[1])]
            .Select(line => line.Split(' ').Select(weight => float.Parse(weight, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        if (rows[..^1].Any(row => row.Length != sizes[0] + 1) || rows[^1].Length != sizes[1] + 1)
            throw new FormatException($"The turn model \"{name}\" is damaged.");
        return new TurnModel(rows[..^1], rows[^1]);
    }

    /// <summary>The probability that the turn is over. Does not allocate.</summary>
    /// <param name="features"><see cref="Inputs"/> features.</param>
    public float Rate(ReadOnlySpan<float> features)
    {
        var sum = _output[^1];
        for (var unit = 0; unit < _hidden.Length; unit++)
        {
            var weights = _hidden[unit];
            sum += _output[unit] * MathF.Tanh(TensorPrimitives.Dot(features, weights.AsSpan(0, features.Length)) + weights[^1]);
        }
        return 1 / (1 + MathF.Exp(-sum));
    }
}
