using System.Globalization;
using System.Runtime.InteropServices;
using Parley.TestKit;

namespace Parley.EndToEnd.Spoken;

/// <summary>The processes a server runs its engines in, found among its children, and ended without mercy.</summary>
internal static class Workers
{
    private const int SigKill = 9;

    /// <summary>Kills every worker of an engine.</summary>
    /// <param name="server">Whose workers.</param>
    /// <param name="engine">A word of its command line, such as "pocketsphinx".</param>
    public static void Kill(ParleyProcess server, string engine)
    {
        var workers = ChildrenOf(server.ProcessId).Where(child => CommandOf(child).Contains(engine, StringComparison.Ordinal)).ToArray();
        if (workers.Length == 0)
        {
            var all = string.Join(Environment.NewLine, ChildrenOf(server.ProcessId).Select(CommandOf));
            throw new ExpectationException($"The server has no worker for {engine}. Its children:{Environment.NewLine}{all}");
        }

        foreach (var worker in workers)
            _ = SendSignal(worker, SigKill);
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
            return ""; // It has ended.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
