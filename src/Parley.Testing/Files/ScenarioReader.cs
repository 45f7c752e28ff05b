using System.Globalization;
using System.Text;

namespace Parley.Testing.Files;

/// <summary>Reads a scenario file: YAML or JSON into nodes, nodes into what <see cref="Scenario"/> does. Everything that is wrong is reported at once.</summary>
internal sealed class ScenarioReader
{
    private readonly string _file;
    private readonly FileValues _values;
    private readonly ConditionReader _conditions;
    private readonly RuleOrder _order;
    private StepReader _steps;

    private ScenarioReader(string file, string folder, FileProblems problems)
    {
        _file = file;
        _values = new FileValues(problems, folder);
        _conditions = new ConditionReader(_values);
        _order = new RuleOrder(problems);
        _steps = new StepReader(_values, new SpokenReply());
    }

    private FileProblems Problems => _values.Problems;

    /// <summary>Reads a file of this name. What has errors is missing in the result.</summary>
    internal static (ScenarioContent Content, IReadOnlyList<ScenarioProblem> Problems) Read(ReadOnlySpan<byte> bytes, string file, string folder)
    {
        var problems = new FileProblems(file);
        var content = new ScenarioContent();
        if (Parse(bytes, file, problems) is { } root)
            new ScenarioReader(file, folder, problems).ReadDocument(root, content);
        return (content, problems.Found);
    }

    /// <summary>The nodes of a file; null if it cannot be read, which is reported.</summary>
    internal static FileNode? Parse(ReadOnlySpan<byte> bytes, string file, FileProblems problems, string needs = "a 'conversation' or 'rules'")
    {
        if (bytes.Length > FileLimits.Bytes)
        {
            problems.Error(1, 1, string.Create(CultureInfo.InvariantCulture, $"The file has {bytes.Length} bytes; a scenario file has at most {FileLimits.Bytes}."));
            return null;
        }
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            problems.Error(1, 1, "The file is not text in UTF-8.");
            return null;
        }
        var root = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonTree.Read(text, problems) : YamlTree.Read(text, problems);
        if (root is null && !problems.HasErrors)
            problems.Error(1, 1, $"The file is empty. It needs {needs}.");
        return root;
    }

    private void ReadDocument(FileNode root, ScenarioContent content)
    {
        if (MapReader.Of(root, "a scenario", FileFields.Document, Problems) is not { } map)
            return;
        _ = map["$schema"];
        content.Name = map["name"] is { } name ? _values.Text(name, "name") : null;
        content.IsStrict = _values.Flag(map["strict"], "strict") ?? true;
        if (map["speech"] is { } speech && MapReader.Of(speech, "speech", FileFields.Speech, Problems) is { } spoken)
            _steps = new StepReader(_values, _steps.Speech(spoken, new SpokenReply()));
        if (map["server"] is { } server)
            new ServerReader(_values).Read(server, content);
        if (map["recordings"] is { } recordings)
            ReadRecordings(recordings, content);
        var number = 0;
        foreach (var turn in Items(map["conversation"], "conversation"))
            ReadTurn(turn, ++number, content);
        foreach (var rule in Items(map["rules"], "rules"))
            ReadRule(rule, content);
        if (map["conversation"] is null && map["rules"] is null && content.IsStrict && !Problems.HasErrors)
        {
            Problems.Warn(
                root, "The scenario has neither a 'conversation' nor 'rules': every turn closes its session. With strict: false the server repeats what it hears.");
        }
        foreach (var fault in Items(map["faults"], "faults"))
            FaultReader.Read(fault, Problems, content);
        content.Seed = _values.Integer(map["seed"], "seed", least: 0);
        foreach (var quirk in Items(map["quirks"], "quirks"))
            QuirkReader.Read(quirk, _values, content);
    }

    private IReadOnlyList<FileNode> Items(FileNode? node, string name)
    {
        if (node is null or FileScalar { IsNull: true })
            return [];
        if (node is FileList list)
            return list.Items;
        Problems.Error(node, $"'{name}' must be a list, not {node.Kind}. Begin each entry with '- '.");
        return [];
    }

    // Words of known recordings: the transcript of what sounds like one of them.
    private void ReadRecordings(FileNode node, ScenarioContent content)
    {
        if (node is not FileMap map)
        {
            Problems.Error(node, $"'recordings' must be a map of WAV files and their words, not {node.Kind}.");
            return;
        }
        foreach (var entry in map.Entries)
        {
            if (_values.Recording(entry.Key, "recordings") is { } recording && _values.Text(entry.Value, entry.Key.Text) is { } words)
                content.Recordings.Add((recording, words));
        }
    }

    // The n-th entry of a conversation replies to the n-th turn of a session, and to nothing else.
    private void ReadTurn(FileNode node, int number, ScenarioContent content)
    {
        if (MapReader.Of(node, "a turn", FileFields.Turn, Problems) is not { } map)
            return;
        if (number > 1 && map["opened"] is { } opened)
            Problems.Error(opened, "'opened' can only be the first turn of a conversation.");
        Add(map, content, turn: map["opened"] is null && map["speechStarts"] is null ? number : null, static rule => rule);
    }

    private void ReadRule(FileNode node, ScenarioContent content)
    {
        if (MapReader.Of(node, "a rule", FileFields.Rule, Problems) is not { } map)
            return;
        var (once, times, optional) =
            (_values.Flag(map["once"], "once") == true, _values.Integer(map["times"], "times", least: 1), _values.Flag(map["optional"], "optional") == true);
        if (once && times is not null)
            Problems.Error(map["times"]!, "The rule has 'once' and 'times'. Give one of them.");
        _order.Check(map, isLimited: once || times is not null);
        Add(map, content, turn: null, rule =>
        {
            if (once || times is not null)
                rule.Times(times ?? 1);
            return optional ? rule.Optional() : rule;
        });
    }

    private void Add(MapReader map, ScenarioContent content, int? turn, Func<ScenarioRule, ScenarioRule> limit)
    {
        var starts = map.Node.Entries.Where(static entry => entry.Key.Text is "user" or "opened" or "speechStarts").ToList();
        if (starts.Count != 1)
        {
            Problems.Error(
                starts.Count > 1 ? starts[1].Key : map.Node,
                "A reply begins with one of: user (what the user says), opened: true (the session starts), speechStarts: true (the user begins to speak).");
            return;
        }
        if (map["model"] is not { } model)
        {
            Problems.Error(map.Node, "The reply is missing. Give it with 'model'; for an empty answer write model: [].");
            return;
        }
        var (start, value) = (starts[0].Key.Text, starts[0].Value);
        var match = start == "user" ? _conditions.Read(value, "user") : _values.Mark(value, start) ? Heard.Anything : null;
        var steps = _steps.Read(model);
        if (match is null)
            return;
        if (turn is { } number)
            match = Heard.Turn(number) & match;
        var source = string.Create(CultureInfo.InvariantCulture, $"{_file}:{map.Node.Line}");
        content.Rules.Add(scenario =>
        {
            var rule = start switch
            {
                "user" => scenario.When(match),
                "opened" => scenario.WhenOpened(),
                _ => scenario.WhenSpeechStarts(),
            };
            rule.Source = source;
            foreach (var step in steps)
                step(rule);
            limit(rule);
        });
    }
}
