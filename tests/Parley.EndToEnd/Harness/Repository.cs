namespace Parley.EndToEnd.Harness;

/// <summary>Paths of the sources above the test assembly and of the build output next to it.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>The built tool, in the same configuration as the tests.</summary>
    public static string Tool
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Parley.Cli", configuration, "parley.dll"));
        }
    }

    public static string Find(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The end-to-end tests run from the build output inside the repository.");
    }
}
