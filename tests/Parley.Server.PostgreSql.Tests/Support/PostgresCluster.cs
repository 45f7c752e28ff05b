using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Parley.Server.PostgreSql.Tests.Support;

/// <summary>
/// A database server of its own in a temporary folder, on a free port of loopback: created with <c>initdb</c>, run as a user without rights, and ended by its
/// process id. Clusters of the machine are not touched.
/// </summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private readonly PostgresCluster? _primary;
    private const string Version = "15", Nobody = "65534";
    private const string Ready = "ready to accept connections", ReadyToRead = "ready to accept read-only connections";
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-postgres-");
    private readonly int _port = FreePort();
    private readonly string _password;
    private readonly string[] _settings;
    private readonly List<string> _log = [];
    private Process? _server;

    public PostgresCluster()
        : this([])
    {
    }

    /// <summary>A cluster with further settings, as <c>name=value</c>.</summary>
    internal PostgresCluster(params string[] settings) => (_password, _settings) = (Guid.NewGuid().ToString("n"), settings);

    /// <summary>A standby of another cluster, as it is when this one is initialized. Ended and deleted after it.</summary>
    internal PostgresCluster(PostgresCluster primary) => (_primary, _password, _settings) = (primary, primary._password, []);

    /// <summary>Its port on 127.0.0.1.</summary>
    internal int Port => _port;

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>How to connect to it, without a pool of its own size.</summary>
    public string ConnectionString =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Database=postgres;Username=parley;Password={_password};GSS Encryption Mode=Disable");

    public async ValueTask InitializeAsync()
    {
        var passwords = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(passwords, _password);
        if (IsRoot)
            await RunAsync("chown", "-R", $"{Nobody}:{Nobody}", _folder.FullName);
        if (_primary is null)
            await RunAsync([.. Program("initdb"), "-D", Data, "-U", "parley", "-A", "scram-sha-256", "--pwfile", passwords, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        else
            await RunAsync([.. Program("pg_basebackup"), "-D", Data, "-d", $"host=127.0.0.1 port={_primary._port} user=parley password={_password}", "-R", "-c", "fast", "--no-sync"]);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts the server, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = Process.Start(Start(
        [
            .. Program("postgres"), "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder.FullName}",
            "-c", "max_connections=300", "-c", "fsync=off", "-c", "logging_collector=off", "-c", "lc_messages=C", .. _settings.SelectMany(static setting => (string[])["-c", setting]),
        ]))!;
        server.EnableRaisingEvents = true;
        server.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"postgres ended at its start:\n{Log()}"));
        server.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.Add(line.Data ?? "");
            if (line.Data?.Contains(_primary is null ? Ready : ReadyToRead, StringComparison.Ordinal) is true)
                ready.TrySetResult();
        };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        _server = server;
        await ready.Task.WaitAsync(LongestWait);
    }

    /// <summary>Ends the server: orderly, or as if it was killed.</summary>
    public async Task StopAsync(bool kill = false)
    {
        var server = _server!;
        _server = null;
        // An immediate shutdown recovers from the log at the next start, like kill -9, but leaves no process behind.
        await RunAsync("kill", kill ? "-QUIT" : "-INT", server.Id.ToString(CultureInfo.InvariantCulture));
        using var timeoutCts = new CancellationTokenSource(LongestWait);
        await server.WaitForExitAsync(timeoutCts.Token);
        server.Dispose();
    }

    /// <summary>Suspends a process of the server, such as that of a connection, or lets it go on.</summary>
    internal Task SuspendAsync(int process, bool resume = false) => RunAsync("kill", resume ? "-CONT" : "-STOP", process.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates a schema name that no other test uses.</summary>
    public static string NewSchema() => "t_" + Guid.NewGuid().ToString("n");

    /// <summary>Runs a statement outside of the stores.</summary>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A file of the repository.</summary>
    internal static string PathOf(string path) => Path.Combine(Repository(), path);

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The command of a program of PostgreSQL, which refuses to run as root.</summary>
    private static string[] Program(string name)
    {
        var folders = (string[])[$"/usr/lib/postgresql/{Version}/bin", PathOf($"artifacts/debian/usr/lib/postgresql/{Version}/bin")];
        var program = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{name} of PostgreSQL {Version} is missing. ./test unpacks the Debian package postgresql-{Version}.");
        return IsRoot ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", program] : [program];
    }

    private static string Repository([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from the build output inside the repository.");
        return folder.FullName;
    }

    private ProcessStartInfo Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _folder.FullName };
        // Only these settings decide.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    private async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Start(command))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var timeoutCts = new CancellationTokenSource(LongestWait);
        await process.WaitForExitAsync(timeoutCts.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}:\n{await output}\n{await error}");
    }

    private string Log()
    {
        lock (_log)
            return string.Join('\n', _log.TakeLast(20));
    }
}
