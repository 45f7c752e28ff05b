using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Parley.Cli.Hosting;
using Parley.Server;
using Parley.Server.PostgreSql;
using YamlDotNet.RepresentationModel;

namespace Parley.Cli.Tests.Deployment;

/// <summary>The Compose file and the Kubernetes manifest agree with the server, with the image, and with each other.</summary>
public sealed partial class ManifestTests
{
    // The host waits 5 s longer than its connections need, and then ends within 5 s.
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(10);

    private static readonly string[] Nodes = ["node1", "node2", "node3"];

    private static YamlNode Compose => DeployFile.Yaml("compose.yaml").Single();

    private static YamlNode Container => Kubernetes("Deployment").At("spec/template/spec/containers/0");

    public static TheoryData<string> Kinds => ["compose", "kubernetes"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Command_is_one_that_the_tool_accepts(string kind)
    {
        using var cli = new CliRun();
        var command = CommandOf(kind);

        Assert.Equal("serve", command[0]);
        Assert.True(cli.IsAccepted(command), string.Join(' ', command));
        // The image stores in /data, which only one server may use.
        Assert.DoesNotContain("--data", command);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Settings_of_the_environment_exist_and_are_valid(string kind)
    {
        var (live, postgres) = Options(kind);

        Assert.Equal(TimeSpan.FromSeconds(30), live.Connections.DrainTime);
        Assert.True(new LiveApiOptionsValidator().Validate(null, live).Succeeded);
        Assert.True(postgres.MasterSecret is { Length: > 0 });
        Assert.All(
            EnvironmentOf(kind).Keys.Where(static name => !name.Contains("__", StringComparison.Ordinal)),
            static name => Assert.Contains(name, (string[])[PostgresHost.Variable, RelayHost.KeyVariable, "PARLEY_ADMIN_SECRET"]));
    }

    [Fact]
    public void Both_set_the_same()
    {
        Assert.Equal(CommandOf("compose"), CommandOf("kubernetes"));
        // Compose gives each node a host name, which is the default.
        Assert.Equal(EnvironmentOf("compose").Keys.Append("Live__NodeName").Order(), EnvironmentOf("kubernetes").Keys.Order());
        Assert.All(Nodes, static node => Assert.Equal(node, Compose.Text($"services/{node}/hostname")));
    }

    [Fact]
    public void Time_to_stop_in_Compose_is_what_a_drain_can_take() =>
        Assert.All(Nodes, static node => Assert.Equal(TimeToStop("compose"), Seconds(Compose.Text($"services/{node}/stop_grace_period"))));

    [Fact]
    public void Grace_period_of_a_pod_is_what_a_drain_can_take_after_the_hook()
    {
        var hook = Container.List("lifecycle/preStop/exec/command").Select(static word => ((YamlScalarNode)word).Value).ToArray();
        Assert.Equal("sleep", hook[0]);

        Assert.Equal(TimeToStop("kubernetes") + Seconds(hook[1]! + "s"), Seconds(Kubernetes("Deployment").Text("spec/template/spec/terminationGracePeriodSeconds") + "s"));
    }

    [Fact]
    public void Update_keeps_all_nodes_and_their_connections_fit_into_PostgreSQL()
    {
        var update = Kubernetes("Deployment").At("spec/strategy/rollingUpdate");
        var nodes = Number(Kubernetes("Deployment"), "spec/replicas") + Number(update, "maxSurge");
        // PostgreSQL's default of 100, less those of administrators. Each node has one connection for signals beside its pool.
        const int Connections = 100 - 3;

        Assert.Equal("0", update.Text("maxUnavailable"));
        Assert.True(nodes * (Options("kubernetes").Postgres.MaxConnections + 1) <= Connections);
        Assert.Equal("1", Kubernetes("PodDisruptionBudget").Text("spec/maxUnavailable"));
    }

    [Fact]
    public void Probes_ask_paths_of_the_server_on_its_port()
    {
        foreach (var (probe, path) in new[] { ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz") })
            Assert.Equal((path, "live"), (Container.Text($"{probe}/httpGet/path"), Container.Text($"{probe}/httpGet/port")));
        var ports = Container.List("ports").ToDictionary(static port => port.Text("name"), static port => port.Text("containerPort"));
        Assert.Equal(OptionOf("kubernetes", "--port"), ports["live"]);
        Assert.Equal(OptionOf("kubernetes", "--metrics-port"), ports["metrics"]);
        Assert.Equal(ports["metrics"], Kubernetes("Deployment").Map("spec/template/metadata/annotations")["prometheus.io/port"].ToString());
        Assert.Equal("live", Kubernetes("Service").Text("spec/ports/0/targetPort"));
    }

    [Fact]
    public void Every_selector_finds_the_pods()
    {
        var labels = Kubernetes("Deployment").Map("spec/template/metadata/labels").ToDictionary(static label => label.Key, static label => label.Value.ToString());

        foreach (var (kind, path) in new[] { ("Deployment", "spec/selector/matchLabels"), ("PodDisruptionBudget", "spec/selector/matchLabels"), ("Service", "spec/selector") })
            Assert.Equal(labels, Kubernetes(kind).Map(path).ToDictionary(static label => label.Key, static label => label.Value.ToString()));
    }

    [Fact]
    public void Pod_has_no_rights_and_writes_where_the_image_expects_it()
    {
        Assert.Equal("true", Kubernetes("Deployment").Text("spec/template/spec/securityContext/runAsNonRoot"));
        Assert.Equal(("false", "true"), (Container.Text("securityContext/allowPrivilegeEscalation"), Container.Text("securityContext/readOnlyRootFilesystem")));
        Assert.Contains("WORKDIR /data", DeployFile.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Equal(["/tmp", "/data"], Container.List("volumeMounts").Select(static mount => mount.Text("mountPath")));
    }

    [Fact]
    public void Entry_point_of_the_image_is_the_program_that_the_files_name()
    {
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"/opt/parley/parley.dll\"]", DeployFile.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("EXPOSE " + OptionOf("compose", "--port"), DeployFile.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.All(Nodes, static node => Assert.Equal("deploy/Dockerfile", Compose.Text($"services/{node}/build/dockerfile")));
        using var cli = new CliRun();
        var commands = Program().Matches(DeployFile.Read("compose.yaml") + DeployFile.Read("kubernetes", "parley.yaml")).ToList();
        Assert.Equal(2, commands.Count);
        Assert.All(commands, command =>
        {
            Assert.Equal("/opt/parley/parley.dll", command.Groups["program"].Value);
            Assert.True(cli.IsAccepted(command.Groups["words"].Value.Replace("\"first key\"", "name", StringComparison.Ordinal).Split(' ')), command.Value);
        });
    }

    [Fact]
    public void Nginx_and_Prometheus_name_the_nodes_of_the_Compose_file()
    {
        var port = OptionOf("compose", "--port");
        var site = DeployFile.Read("nginx-nodes.conf");
        var servers = Server().Matches(site).Select(static server => server.Groups["address"].Value);
        var targets = DeployFile.Yaml("prometheus.yml").Single().At("scrape_configs/0");

        Assert.Equal(Nodes.Select(node => $"{Compose.Text($"services/{node}/networks/live/ipv4_address")}:{port}"), servers);
        Assert.Equal([Compose.Text("services/nginx/networks/live/ipv4_address")], Options("compose").Live.Connections.TrustedProxies);
        Assert.Equal("parley", targets.Text("job_name"));
        Assert.Equal(
            Nodes.Select(node => $"{node}:{OptionOf("compose", "--metrics-port")}"),
            targets.List("static_configs/0/targets").Select(static target => ((YamlScalarNode)target).Value));
        foreach (Match timeout in Timeout().Matches(site))
            Assert.True(Seconds(timeout.Groups["time"].Value) > new LiveApiOptions().Sessions.ConnectionLifetime);
    }

    [Fact]
    public void No_file_contains_a_secret()
    {
        var secrets = EnvironmentOf("compose").Where(static variable => IsSecret(variable.Key) && variable.Key != PostgresHost.Variable).ToList();
        Assert.Equal(4, secrets.Count);
        Assert.All(secrets, static variable => Assert.Matches(@"^\$\{\w+:[?-].*\}$", variable.Value));
        Assert.Contains("Password=${POSTGRES_PASSWORD:?", EnvironmentOf("compose")[PostgresHost.Variable], StringComparison.Ordinal);
        foreach (var variable in Container.List("env").Where(static variable => IsSecret(variable.Text("name"))))
            Assert.Equal("parley", variable.Text("valueFrom/secretKeyRef/name"));

        static bool IsSecret(string name) =>
            name.Contains("Secret", StringComparison.OrdinalIgnoreCase) || name.StartsWith("PARLEY_", StringComparison.Ordinal);
    }

    private static YamlNode Kubernetes(string kind) => DeployFile.Yaml("kubernetes", "parley.yaml").Single(document => document.Text("kind") == kind);

    private static string[] CommandOf(string kind) =>
        [.. (kind == "compose" ? Compose.List("services/node1/command") : Container.List("args")).Select(static word => ((YamlScalarNode)word).Value!)];

    private static string OptionOf(string kind, string option)
    {
        var command = CommandOf(kind);
        return command[Array.IndexOf(command, option) + 1];
    }

    /// <summary>The variables; those of a secret or a field have a value of 32 letters.</summary>
    private static Dictionary<string, string> EnvironmentOf(string kind) => kind == "compose"
        ? Compose.Map("services/node1/environment").ToDictionary(static variable => variable.Key, static variable => ((YamlScalarNode)variable.Value).Value!)
        : Container.List("env").ToDictionary(
            static variable => variable.Text("name"),
            static variable => ((YamlMappingNode)variable).Children.ContainsKey("value") ? variable.Text("value") : new string('s', 32));

    /// <summary>Binds the variables as the server does: a wrong name or value throws.</summary>
    private static (LiveApiOptions Live, PostgresOptions Postgres) Options(string kind)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(EnvironmentOf(kind).ToDictionary(
                static variable => variable.Key.Replace("__", ":", StringComparison.Ordinal), static variable => (string?)variable.Value))
            .Build();
        var (live, postgres) = (new LiveApiOptions(), new PostgresOptions());
        LiveOptionsBinding.Bind(configuration, "Live", live);
        LiveOptionsBinding.Bind(configuration, "Postgres", postgres);
        return (live, postgres);
    }

    private static TimeSpan TimeToStop(string kind) =>
        Options(kind).Live.Connections is var connections ? connections.DrainTime + connections.CloseTimeout + connections.SendTimeout + Reserve : default;

    private static int Number(YamlNode node, string path) => int.Parse(node.Text(path), System.Globalization.CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string time)
    {
        var number = int.Parse(time[..^1], System.Globalization.CultureInfo.InvariantCulture);
        return time[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'h' => TimeSpan.FromHours(number),
            _ => throw new FormatException($"{time} is not a number of seconds or hours."),
        };
    }

    [GeneratedRegex(@"(?<program>/opt/\S+?\.dll) (?<words>.+)$", RegexOptions.Multiline)]
    private static partial Regex Program();

    [GeneratedRegex(@"^\s+server (?<address>[\d.]+:\d+)", RegexOptions.Multiline)]
    private static partial Regex Server();

    [GeneratedRegex(@"proxy_(read|send)_timeout (?<time>\w+);")]
    private static partial Regex Timeout();
}
