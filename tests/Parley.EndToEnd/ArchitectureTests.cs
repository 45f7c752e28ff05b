using System.Xml.Linq;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Dependencies between projects, and between the folders of Parley.Server, point one way (docs/architecture.md).</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Parley.Protocol"] = [],
        ["Parley.Audio"] = [],
        ["Parley.Conversation"] = ["Parley.Protocol"],
        ["Parley.Speech.Worker"] = [],
        ["Parley.Speech"] = ["Parley.Audio", "Parley.Speech.Worker"],
        ["Parley.Speech.Whisper"] = ["Parley.Speech"],
        ["Parley.Server"] = ["Parley.Protocol"],
        ["Parley.Server.PostgreSql"] = ["Parley.Server"],
        ["Parley.Cascade"] = ["Parley.Conversation", "Parley.Server", "Parley.Speech"],
        ["Parley.Cascade.Agents"] = ["Parley.Cascade"],
        ["Parley.Assistant"] = ["Parley.Cascade"],
        ["Parley.Assistant.Llama"] = ["Parley.Assistant"],
        ["Parley.Client"] = ["Parley.Audio", "Parley.Protocol"],
        ["Parley.Client.Wasapi"] = ["Parley.Client"],
        ["Parley.Extensions.AI"] = ["Parley.Client"],
        ["Parley.Phone"] = ["Parley.Audio", "Parley.Client", "Parley.Server"],
        ["Parley.Recording"] = ["Parley.Audio", "Parley.Server"],
        ["Parley.Aspire.Hosting"] = [],
        ["Parley.Testing"] = ["Parley.Client", "Parley.Conversation", "Parley.Server"],
        ["Parley.Cli"] = ["Parley.Assistant", "Parley.Assistant.Llama", "Parley.Client", "Parley.Client.Wasapi", "Parley.Phone", "Parley.Recording", "Parley.Server.PostgreSql", "Parley.Speech.Whisper", "Parley.Testing"],
    };

    /// <summary>Packages that only one project may depend on directly; what refers to that project gets them too.</summary>
    private static readonly Dictionary<string, string> HomeOf = new()
    {
        ["LLamaSharp"] = "Parley.Assistant.Llama",
        ["LLamaSharp.Backend.Cpu"] = "Parley.Assistant.Llama",
        ["Microsoft.Agents.AI"] = "Parley.Cascade.Agents",
        ["Npgsql"] = "Parley.Server.PostgreSql",
        ["OllamaSharp"] = "Parley.Assistant",
        ["Aspire.Hosting"] = "Parley.Aspire.Hosting",
        ["Microsoft.Data.Sqlite"] = "Parley.Server",
        ["Microsoft.ML.OnnxRuntime"] = "Parley.Speech",
        ["SkiaSharp"] = "Parley.Assistant",
        ["YamlDotNet"] = "Parley.Testing",
        ["NAudio.Wasapi"] = "Parley.Client.Wasapi",
        ["OpenAI"] = "Parley.Assistant",
        ["Spectre.Console"] = "Parley.Cli",
        ["Whisper.net"] = "Parley.Speech.Whisper",
        ["Whisper.net.Runtime"] = "Parley.Speech.Whisper",
        ["System.CommandLine"] = "Parley.Cli",
    };

    /// <summary>The folders of Parley.Server, each above those that follow. Files without a folder stand above all.</summary>
    private static readonly string[] ServerLayers = ["Endpoints", "Sessions", "Calls", "Relay", "Telemetry", "Events", "Webhooks", "Nodes", "Access", "Models", "Sockets", "Storage", "Wire"];

    /// <summary>Internal types of other folders that the relay uses; everything else it needs is public, so that a relay can be written outside.</summary>
    private static readonly string[] InternalsOfRelay =
    [
        // Its own side of the wire: a WebSocket client needs no part of the server.
        "FrameSocket", "MessageReader", "ReceivedMessage", "InputBudget", "JsonRange", "LiveRoutes", "ModelName", "CloseReason",
        // A new socket must leave the process the descriptors that it needs itself.
        "DescriptorLimit",
        // Numbers of events and instruments of this assembly.
        "EventIds", "LiveMetrics", "TelemetryNames",
    ];

    public static TheoryData<string> Projects => new(Directory.EnumerateDirectories(Repository.Find("src")).Select(folder => Path.GetFileName(folder)));

    public static TheoryData<string> FolderedProjects => ["Parley.Server", "Parley.Server.PostgreSql", "Parley.Cascade", "Parley.Assistant", "Parley.Client", "Parley.Speech", "Parley.Speech.Whisper", "Parley.Extensions.AI", "Parley.Phone", "Parley.Recording"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_below_it(string project)
    {
        var file = XDocument.Load(Repository.Find("src", project, project + ".csproj"));

        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.True(Allowed.ContainsKey(project), $"{project} is new: add here what it may refer to.");
        Assert.Equal(Allowed[project], references.Order());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_package_with_a_home_is_referred_to_there_only(string project)
    {
        var file = XDocument.Load(Repository.Find("src", project, project + ".csproj"));

        foreach (var package in file.Descendants("PackageReference").Select(static reference => reference.Attribute("Include")!.Value))
            Assert.True(!HomeOf.TryGetValue(package, out var home) || home == project, $"{package} belongs to {home}.");
    }

    [Fact]
    public void Only_the_server_and_what_stands_on_it_need_a_web_framework()
    {
        foreach (var project in (string[])["Parley.Protocol", "Parley.Audio", "Parley.Conversation", "Parley.Speech", "Parley.Speech.Whisper", "Parley.Speech.Worker", "Parley.Client", "Parley.Client.Wasapi", "Parley.Extensions.AI"])
            Assert.DoesNotContain("AspNetCore", File.ReadAllText(Repository.Find("src", project, project + ".csproj")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FolderedProjects))]
    public void Internal_types_have_the_namespace_of_their_folder_and_public_ones_that_of_the_project(string project)
    {
        var misplaced = SourceFile.Of(project).Where(static file => file.Types.Count > 0).Where(file =>
        {
            var expected = file.Types.Any(static type => type.IsPublic) ? project : file.Folder.Length == 0 ? project : $"{project}.{file.Folder.Replace('/', '.')}";
            // Extensions of service collections are where applications look for them.
            return file.Namespace != expected && file.Namespace != "Microsoft.Extensions.DependencyInjection";
        });

        Assert.Equal([], misplaced.Select(static file => $"{file.Path}: {file.Namespace}"));
    }

    [Theory]
    [MemberData(nameof(FolderedProjects))]
    public void Public_and_internal_types_do_not_share_a_file_in_a_folder(string project)
    {
        var mixed = SourceFile.Of(project).Where(static file => file.Folder.Length > 0 && file.Types.Select(static type => type.IsPublic).Distinct().Count() > 1);

        Assert.Equal([], mixed.Select(static file => file.Path));
    }

    [Fact]
    public void A_folder_of_the_server_uses_only_those_below_it()
    {
        var files = SourceFile.Of("Parley.Server").ToList();
        var homes = files.SelectMany(static file => file.Types.Select(type => (type.Name, Layer: Layer(file)))).ToLookup(static pair => pair.Name, static pair => pair.Layer);

        var upwards =
            from file in files
            from name in file.TypesUsed
            from layer in homes[name].Distinct()
            where layer < Layer(file) && !homes[name].Contains(Layer(file)) && layer > 0
            select $"{file.Path} uses {name} of {ServerLayers[layer - 1]}";

        Assert.Equal([], upwards.Distinct());
        Assert.Equal(ServerLayers.Order(), files.Select(static file => file.Folder.Split('/')[0]).Where(static folder => folder.Length > 0).Distinct().Order());
    }

    /// <summary>
    /// An exception on a thread without a caller ends the process. Timers that do more than set a signal or kill a process are guarded, and
    /// each thread catches what its work throws.
    /// </summary>
    [Theory]
    [InlineData(@"\.CreateTimer\(|new (System\.Threading\.)?Timer\(", "GuardedTimers.cs", "AudioPlayback.cs", "EngineConnection.cs", "EspeakSynthesizer.cs")]
    [InlineData(@"async void")]
    [InlineData(@"new Thread\(", "EngineLoop.cs", "EngineThread.cs", "DecodeQueue.cs", "DecoderPool.cs", "FliteWorkers.cs", "LlamaEngine.cs", "LlamaServer.cs", "SessionThread.cs", "SmartTurnDetectors.cs", "VoiceEngine.cs")]
    [InlineData(@"UnsafeQueueUserWorkItem\(|QueueUserWorkItem\(", "DirectConnection.cs", "LiveWriter.Pump.cs", "UserUtterance.cs", "InMemoryConnection.cs", "TestClock.Timers.cs", "ScenarioSession.cs")]
    public void Threads_without_a_caller_are_guarded(string pattern, params string[] allowed)
    {
        var found = Directory.EnumerateFiles(Repository.Find("src"), "*.cs", SearchOption.AllDirectories).Where(static path => !SourceFile.IsBuilt(path))
            .Where(path => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(path), pattern)).Select(static path => Path.GetFileName(path));

        Assert.Equal(allowed.Order(), found.Order());
    }

    [Fact]
    public void The_relay_uses_public_extension_points_only()
    {
        var files = SourceFile.Of("Parley.Server").ToList();
        var own = files.Where(static file => file.Folder == "Relay").SelectMany(static file => file.Types).Select(static type => type.Name).ToHashSet();
        var internals = files.Where(static file => file.Folder != "Relay").SelectMany(static file => file.Types).Where(static type => !type.IsPublic)
            .Select(static type => type.Name).Where(name => !own.Contains(name)).ToHashSet();

        var used = files.Where(static file => file.Folder == "Relay").SelectMany(static file => file.TypesUsed).Where(internals.Contains).Distinct();

        Assert.Equal([], used.Except(InternalsOfRelay).Order());
    }

    [Fact]
    public void No_file_has_more_than_six_hundred_lines()
    {
        var folders = (string[])["src", "tests", "samples", "bench"];

        var long_ = folders.SelectMany(static folder => Directory.EnumerateFiles(Repository.Find(folder), "*.cs", SearchOption.AllDirectories))
            .Where(static path => !SourceFile.IsBuilt(path) && File.ReadLines(path).Count() > 600);

        Assert.Equal([], long_.Select(static path => Path.GetFileName(path)));
    }

    private static int Layer(SourceFile file) => Array.IndexOf(ServerLayers, file.Folder.Split('/')[0]) + 1;
}
