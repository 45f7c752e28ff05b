using System.Reflection;
using Aspire.Hosting.Testing;

namespace Parley.AspireTests;

/// <summary>Application hosts of the tests, and what they run.</summary>
internal static class TestHost
{
    internal const string Scenario =
        """
        rules:
          - user: lamp
            model: Done.
        """;

    /// <summary>Aspire's orchestrator: a package for Linux on x64.</summary>
    internal static string Orchestrator => typeof(TestHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static value => value.Key == "dcpclipath").Value!;

    internal static string Tool => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Parley.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "parley.dll"));

    internal static IDistributedApplicationTestingBuilder CreateBuilder() => DistributedApplicationTestingBuilder.Create(
        $"DcpPublisher:CliPath={Orchestrator}", "DcpPublisher:DependencyCheckTimeout=60", $"DcpPublisher:DashboardPath={Orchestrator}");

    internal sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("parley-").FullName;

        public void Dispose() => Directory.Delete(_path, recursive: true);

        internal string PathOf(string name) => Path.Combine(_path, name);

        internal string Write(string name, string text)
        {
            File.WriteAllText(PathOf(name), text);
            return PathOf(name);
        }
    }
}
