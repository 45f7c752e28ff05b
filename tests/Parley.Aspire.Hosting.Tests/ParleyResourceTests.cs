using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Client;

namespace Parley.AspireTests;

/// <summary>The resource, in the model of an application host and running under Aspire's orchestrator.</summary>
public sealed class ParleyResourceTests
{
    private const string Scenario =
        """
        rules:
          - user: lamp
            model: Done.
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_has_command_arguments_endpoint_and_connection_string()
    {
        using var folder = new TemporaryFolder();
        var scenario = folder.Write("lamp.yaml", Scenario);
        await using var builder = Builder();
        var live = builder.AddParley("live").WithScenario(scenario).WithVirtualTime().WithTool("dotnet", "parley.dll");
        live.WithEndpoint("http", static endpoint => (endpoint.AllocatedEndpoint, endpoint.TargetPort) = (new AllocatedEndpoint(endpoint, "localhost", 4_711), 4_712));

        Assert.Equal("dotnet", live.Resource.Command);
        string[] arguments = [.. (await ConfigurationAsync(live.Resource)).Arguments.Select(static argument => argument.Value)];
        Assert.Equal(["parley.dll", "emulator", "--port", "4712", "--key", "test-key", "--scenario", scenario, "--virtual-time"], arguments);
        Assert.Equal("Endpoint=http://localhost:4711;Key=test-key", await live.Resource.ConnectionStringExpression.GetValueAsync(Cancellation));
    }

    [Fact]
    public async Task Application_gets_the_variables_of_the_official_sdks_or_a_connection_string()
    {
        await using var builder = Builder();
        var live = builder.AddParley("live", builder.AddParameter("secret", "a-key"));
        live.WithEndpoint("http", static endpoint => endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 4_711));
        var application = builder.AddExecutable("app", "app", ".").WithLiveApi(live).WithReference(live);

        var configuration = await ConfigurationAsync(application.Resource);
        var variables = configuration.EnvironmentVariables.ToDictionary();

        Assert.Equal(("http://localhost:4711", "a-key"), (variables["GOOGLE_GEMINI_BASE_URL"], variables["GEMINI_API_KEY"]));
        Assert.Equal(("http://localhost:4711", "a-key"), (variables["PARLEY_URL"], variables["PARLEY_KEY"]));
        Assert.Equal("http://localhost:4711/_parley", variables["PARLEY_EMULATOR_CONTROL"]);
        Assert.Equal("Endpoint=http://localhost:4711;Key=a-key", variables["ConnectionStrings__live"]);
        Assert.Contains(application.Resource.Annotations.OfType<WaitAnnotation>(), wait => wait.Resource == live.Resource);
    }

    [Fact]
    public async Task Scenario_that_does_not_exist_is_refused_by_name()
    {
        await using var builder = Builder();

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddParley("live").WithScenario("no-such.yaml"));

        Assert.Contains("no-such.yaml of the resource live does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resource_runs_and_a_client_talks_to_it()
    {
        Assert.SkipUnless(File.Exists(Orchestrator), "Aspire's orchestrator is there for Linux on x64 only.");
        using var folder = new TemporaryFolder();
        await using var builder = Builder();
        var live = builder.AddParley("live").WithScenario(folder.Write("lamp.yaml", Scenario)).WithTool("dotnet", Tool);
        await using var app = builder.Build();
        await app.StartAsync(Cancellation);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("live", Cancellation);

        var values = (await app.GetConnectionStringAsync("live", Cancellation))!.Split(';').Select(static part => part.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var client = LiveClient.FromApiKey(values["Key"], new LiveClientOptions { BaseAddress = new Uri(values["Endpoint"]) });
        await using var session = await client.ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true }, Cancellation);

        Assert.Equal("Done.", (await session.AskAsync("Turn on the lamp", Cancellation)).Text);
        await app.StopAsync(Cancellation);
    }

    private static string Orchestrator => typeof(ParleyResourceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static value => value.Key == "dcpclipath").Value!;

    private static string Tool => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Parley.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "parley.dll"));

    private static IDistributedApplicationTestingBuilder Builder()
    {
        var builder = DistributedApplicationTestingBuilder.Create(
            $"DcpPublisher:CliPath={Orchestrator}", "DcpPublisher:DependencyCheckTimeout=60", $"DcpPublisher:DashboardPath={Orchestrator}");
        return builder;
    }

    private static async Task<IExecutionConfigurationResult> ConfigurationAsync(IResource resource) => await ExecutionConfigurationBuilder.Create(resource)
        .WithArgumentsConfig().WithEnvironmentVariablesConfig()
        .BuildAsync(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), NullLogger.Instance, Cancellation);

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("parley-").FullName;

        public void Dispose() => Directory.Delete(_path, recursive: true);

        internal string Write(string name, string text)
        {
            var file = Path.Combine(_path, name);
            File.WriteAllText(file, text);
            return file;
        }
    }
}
