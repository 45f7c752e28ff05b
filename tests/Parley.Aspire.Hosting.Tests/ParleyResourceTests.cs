using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.AspireTests;

/// <summary>The resource in the model of an application host.</summary>
public sealed class ParleyResourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_has_command_arguments_endpoint_and_connection_string()
    {
        using var folder = new TestHost.Folder();
        var scenario = folder.Write("lamp.yaml", TestHost.Scenario);
        await using var builder = TestHost.CreateBuilder();
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
        await using var builder = TestHost.CreateBuilder();
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
        await using var builder = TestHost.CreateBuilder();

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddParley("live").WithScenario("no-such.yaml"));

        Assert.Contains("no-such.yaml of the resource live does not exist", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IExecutionConfigurationResult> ConfigurationAsync(IResource resource) => await ExecutionConfigurationBuilder.Create(resource)
        .WithArgumentsConfig().WithEnvironmentVariablesConfig()
        .BuildAsync(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), NullLogger.Instance, Cancellation);
}
