using Aspire.Hosting;

namespace Projects;

/// <summary>What the SDK of Aspire generates for a project that an application host references.</summary>
internal sealed class Concierge : IProjectMetadata
{
    public string ProjectPath => Path.Combine(Directory.GetCurrentDirectory(), "Concierge.csproj");

    public LaunchSettings? LaunchSettings => new();
}
