using Parley.Testing.Evaluation.Calling;
using Parley.Testing.Files;

namespace Parley.Testing.Evaluation.Files;

/// <summary>Reads a file of calls: YAML or JSON into nodes, nodes into steps. Everything that is wrong is reported at once.</summary>
internal sealed class EvaluationReader
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly FileValues _values;

    private EvaluationReader(string folder, FileProblems problems) => _values = new FileValues(problems, folder);

    private FileProblems Problems => _values.Problems;

    /// <summary>Reads a file of this name. What has errors is missing in the result.</summary>
    internal static (IReadOnlyList<EvaluationCall> Calls, IReadOnlyList<ScenarioProblem> Problems) Read(ReadOnlySpan<byte> bytes, string file, string folder)
    {
        var problems = new FileProblems(file);
        var calls = ScenarioReader.Parse(bytes, file, problems, "'calls'") is { } root ? new EvaluationReader(folder, problems).ReadDocument(root) : [];
        return (calls, problems.Found);
    }

    private List<EvaluationCall> ReadDocument(FileNode root)
    {
        var calls = new List<EvaluationCall>();
        if (MapReader.Of(root, "an evaluation", EvaluationFields.Document, Problems) is not { } map)
            return calls;
        _ = map["$schema"];
        foreach (var node in Items(map["calls"], root, "calls"))
        {
            if (ReadCall(node) is not { } call)
                continue;
            if (calls.Exists(one => one.Name.Equals(call.Name, StringComparison.OrdinalIgnoreCase)))
                Problems.Error(node, $"Two calls have the name '{call.Name}'. Names of calls are names of files.");
            else
                calls.Add(call);
        }
        return calls;
    }

    private IReadOnlyList<FileNode> Items(FileNode? node, FileNode parent, string name)
    {
        if (node is FileList { Items.Count: > 0 } list)
            return list.Items;
        Problems.Error(node ?? parent, node switch
        {
            null => $"'{name}' is missing. Give a list.",
            FileList => $"'{name}' is empty. Give at least one.",
            _ => $"'{name}' must be a list, not {node.Kind}. Begin each entry with '- '.",
        });
        return [];
    }

    private EvaluationCall? ReadCall(FileNode node)
    {
        if (MapReader.Of(node, "a call", EvaluationFields.Call, Problems) is not { } map)
            return null;
        var steps = Items(map["steps"], node, "steps").Select(ReadStep).ToList();
        if (map["name"] is not { } given)
        {
            Problems.Error(node, "The call has no 'name'.");
            return null;
        }
        if (_values.Text(given, "name") is not { } name)
            return null;
        if (!EvaluationCall.IsName(name))
        {
            Problems.Error(given, $"'{FileProblems.Shorten(name)}' is not the name of a call. Use letters, digits, '-', '_' and '.'.");
            return null;
        }
        var call = new EvaluationCall(name);
        foreach (var step in steps.OfType<CallerStep>())
            call.Add(step);
        return call;
    }

    private CallerStep? ReadStep(FileNode node)
    {
        if (node is not FileMap map)
        {
            Problems.Error(node, $"A step must be a map with one of {FileProblems.Names(EvaluationFields.Steps.Keys)}, not {node.Kind}.");
            return null;
        }
        var verbs = map.Entries.Where(static entry => EvaluationFields.Steps.ContainsKey(entry.Key.Text)).ToList();
        if (verbs.Count != 1)
        {
            if (verbs is [var first, var second, ..])
                Problems.Error(second.Key, $"A step does one thing, but this one has '{first.Key.Text}' and '{second.Key.Text}'. Put the second into a step of its own.");
            else if (map.Entries is [{ Key: var key }, ..])
                Problems.Error(key, MapReader.Unknown(key.Text, "a step", EvaluationFields.Steps.Keys));
            else
                Problems.Error(node, $"The step is empty. It can be: {FileProblems.Names(EvaluationFields.Steps.Keys)}.");
            return null;
        }
        var (verb, value) = (verbs[0].Key.Text, verbs[0].Value);
        var fields = MapReader.Of(node, $"a '{verb}' step", [verb, .. EvaluationFields.Steps[verb]], Problems)!;
        return verb switch
        {
            "wait" => Pause(value, verb) is { } time ? new WaitStep(time) : null,
            "listen" => Listen(value),
            "noise" => Utter(UtteranceKind.Noise, Noise(value, fields), null, fields, 0),
            "say" => Utter(UtteranceKind.Turn, Parts(value, verb, fields), Words(value), fields, 0),
            "interrupt" => Utter(UtteranceKind.Interruption, Parts(value, verb, fields), Words(value), fields, 0),
            "backchannel" => Utter(UtteranceKind.Backchannel, Parts(value, verb, fields), Words(value), fields, 0),
            _ => Utter(UtteranceKind.SpeechToOthers, Parts(value, verb, fields), Words(value), fields, EvaluationCall.LevelOfOthersDb),
        };
    }

    private UtterStep? Utter(UtteranceKind kind, List<SpokenPart> parts, string? words, MapReader fields, double levelDb)
    {
        var (after, level) = (_values.Duration(fields["after"], "after", canBeZero: true), _values.Number(fields["level"], "level", -60, 20));
        if (kind == UtteranceKind.Interruption && fields["after"] is null)
            Problems.Error(fields.Node, "'interrupt' needs 'after': the time since the beginning of the answer.");
        return parts.Count == 0 ? null : new UtterStep(kind, parts, words, after) { LevelDb = level ?? levelDb };
    }

    private ListenStep? Listen(FileNode value)
    {
        if (value is FileScalar { Flag: not null })
            return _values.Mark(value, "listen") ? new ListenStep(ListenStep.Longest) : null;
        return Pause(value, "listen") is { } most ? new ListenStep(most) : null;
    }

    private TimeSpan? Pause(FileNode value, string name)
    {
        if (_values.Duration(value, name) is not { } time)
            return null;
        if (time <= LongestPause)
            return time;
        Problems.Error(value, $"'{name}' can have at most {LongestPause.TotalMinutes:0}m.");
        return null;
    }

    // A text, or a list of texts and pauses. With a file the text is what is said in it.
    private List<SpokenPart> Parts(FileNode value, string name, MapReader fields)
    {
        if (fields["file"] is { } file)
            return _values.Recording(file, "file") is { } recording ? [SpokenPart.Of(recording)] : [];
        if (value is not FileList list)
            return _values.Text(value, name) is { } text ? [SpokenPart.Of(text)] : [];
        List<SpokenPart> parts = [.. list.Items.Select(item => Part(item, name)).OfType<SpokenPart>()];
        if (!parts.Exists(static part => part.Text is not null))
            Problems.Error(value, $"'{name}' has no text. Give texts with pauses between them.");
        return parts;
    }

    private SpokenPart? Part(FileNode item, string name) =>
        item is FileScalar { Text: var given } && FileDuration.TryParse(given, out _)
            ? Pause(item, name) is { } pause ? SpokenPart.Of(pause) : null
            : _values.Text(item, name) is { } text ? SpokenPart.Of(text) : null;

    private static string? Words(FileNode value) => value switch
    {
        FileScalar scalar => scalar.Text,
        FileList list => string.Join(' ', list.Items.OfType<FileScalar>().Select(static item => item.Text).Where(static text => !FileDuration.TryParse(text, out _))),
        _ => null,
    };

    private List<SpokenPart> Noise(FileNode value, MapReader fields)
    {
        var seed = _values.Integer(fields["seed"], "seed", least: 0) ?? 1;
        if (_values.OneOf(value, "noise", EvaluationFields.Noises) is not { } name)
            return [];
        if (name == "file" != fields["file"] is not null)
        {
            Problems.Error(value, name == "file" ? "'noise: file' needs 'file', a WAV file." : "A noise from a file is written noise: file.");
            return [];
        }
        if (name == "file")
            return _values.Recording(fields["file"], "file") is { } recording ? [SpokenPart.Of(recording)] : [];
        return [SpokenPart.Of(VocalNoises.Create(Enum.Parse<VocalNoise>(name, ignoreCase: true), seed))];
    }
}
