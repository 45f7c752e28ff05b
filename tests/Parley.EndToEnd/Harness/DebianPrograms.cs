namespace Parley.EndToEnd.Harness;

/// <summary>Programs of Debian: unpacked by <c>./test</c>, which installs no service, or installed.</summary>
internal static class DebianPrograms
{
    /// <summary>What to do if one is missing.</summary>
    public const string Missing = "Run ./test, which installs Debian's packages.";

    /// <exception cref="ExpectationException">The program is missing.</exception>
    public static string Find(string program)
    {
        var unpacked = Repository.Find("artifacts", "debian", "usr");
        string[] places = [Path.Combine(unpacked, "sbin"), Path.Combine(unpacked, "bin"), "/usr/sbin", "/usr/bin"];
        return places.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new ExpectationException($"{program} is missing. {Missing}");
    }
}
