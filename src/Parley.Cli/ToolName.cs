namespace Parley.Cli;

/// <summary>How the user starts this tool, for the commands that it suggests.</summary>
internal static class ToolName
{
    private const string Installed = "parley";
    private const string Script = "./parley";

    /// <summary>
    /// <c>./parley</c> when the tool runs from the build output of a checkout; <c>parley</c> when it is installed or published.
    /// </summary>
    internal static string Current { get; } = Of(AppContext.BaseDirectory);

    /// <summary>The command for a tool whose files are in this folder.</summary>
    internal static string Of(string folder)
    {
        // A checkout builds into artifacts/bin/Parley.Cli/<configuration>; a publish goes to artifacts/publish or anywhere else.
        var project = new DirectoryInfo(Path.TrimEndingDirectorySeparator(folder)).Parent;
        var output = project?.Parent;
        var checkout = output?.Parent?.Parent;
        var isCheckout = output?.Name == "bin" && checkout is not null && File.Exists(Path.Combine(checkout.FullName, "Parley.slnx"));
        return isCheckout ? Script : Installed;
    }
}
