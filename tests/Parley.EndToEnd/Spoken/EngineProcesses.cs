using System.Globalization;
using System.Runtime.InteropServices;

namespace Parley.EndToEnd.Spoken;

/// <summary>Finds and kills the engine processes of a server.</summary>
internal static class EngineProcesses
{
    private const int SigKill = 9;

    /// <summary>Kills every process of an engine.</summary>
    /// <param name="server">The server.</param>
    /// <param name="engine">A word of their command line, such as "pocketsphinx".</param>
    public static void Kill(ParleyProcess server, string engine)
    {
        var processes = ChildrenOf(server.ProcessId).Where(child => CommandOf(child).Contains(engine, StringComparison.Ordinal)).ToArray();
        if (processes.Length == 0)
        {
            var all = string.Join(Environment.NewLine, ChildrenOf(server.ProcessId).Select(CommandOf));
            throw new ExpectationException($"The server has no process for {engine}. Its children:{Environment.NewLine}{all}");
        }

        foreach (var process in processes)
            _ = SendSignal(process, SigKill);
    }

    private static IEnumerable<int> ChildrenOf(int parent) =>
        Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder))
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(id => ParentOf(id) == parent);

    private static int ParentOf(int id)
    {
        var stat = Read($"/proc/{id}/stat");
        return stat.Length == 0 ? 0 : int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string CommandOf(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ');

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // The process has exited.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
