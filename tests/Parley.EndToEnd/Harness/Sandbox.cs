namespace Parley.EndToEnd.Harness;

/// <summary>Runs programs under the system call filters of <c>deploy/parley.service</c>.</summary>
internal static class Sandbox
{
    /// <summary>The unit file.</summary>
    public static string Unit { get; } = Repository.Find("deploy", "parley.service");

    /// <summary>Starts a command under the filters; a call that the unit forbids ends the process.</summary>
    /// <param name="folder">Working directory and home; given to the user nobody if the tests run as root.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ChildProcess Start(DirectoryInfo folder, params IEnumerable<string> command) => Start(Unit, folder, command);

    /// <inheritdoc cref="Start(DirectoryInfo, IEnumerable{string})"/>
    public static ChildProcess Start(string unit, DirectoryInfo folder, params IEnumerable<string> command) => ChildProcess.Start(
        "/usr/bin/python3",
        [Repository.Find("tests", "Parley.EndToEnd", "python", "sandbox.py"), unit, folder.FullName, "kill", .. command],
        Environment,
        "Run ./test, which says what to install.");

    /// <summary>The command of ExecStart, one element for each argument.</summary>
    public static string[] Command => Values("ExecStart").Single().Split(' ');

    /// <summary>All values of a setting.</summary>
    public static IEnumerable<string> Values(string name) =>
        File.ReadLines(Unit).Where(line => line.StartsWith(name + "=", StringComparison.Ordinal)).Select(line => line[(name.Length + 1)..]);

    private static Dictionary<string, string> Environment => Values("Environment")
        .SelectMany(static line => line.Split(' '))
        .Select(static pair => pair.Split('=', 2))
        .ToDictionary(static pair => pair[0], static pair => pair[1]);
}
