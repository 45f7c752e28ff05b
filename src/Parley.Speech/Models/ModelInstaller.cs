using System.Security.Cryptography;
using System.Text.Json;

namespace Parley.Speech.Models;

/// <summary>
/// Installs and removes models of a store. Two installations of the same model at once, also by two processes, are safe: the second waits
/// and finds the model installed.
/// </summary>
internal sealed class ModelInstaller(ModelStore store, ModelHttp http, ModelDisk disk, TimeProvider time)
{
    /// <summary>Space that stays free: a full disk hurts more than a missing model.</summary>
    private const long Reserve = 64 << 20;

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Installs a model; one that is installed is verified, and repaired if a file has changed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">Where its files come from.</param>
    /// <param name="progress">Called for each piece of a file.</param>
    /// <param name="waiting">Called once if another process installs this model.</param>
    /// <param name="cancellationToken">Stops; what has arrived stays, and a later call continues there.</param>
    /// <exception cref="ModelException">It cannot be installed; the message says what to do.</exception>
    public async Task<InstalledModel> InstallAsync(
        CatalogModel model, ModelSource source, Action<TransferProgress> progress, Action waiting, CancellationToken cancellationToken)
    {
        var folder = store.FolderOf(model.Name);
        try
        {
            ModelDisk.CreateFolder(folder);
            var held = await LockAsync(model.Name, waiting, cancellationToken).ConfigureAwait(false);
            await using var release = held.ConfigureAwait(false);
            if (store.Find(model.Name) is { } installed
                && (await VerifyAsync(model.Name, cancellationToken).ConfigureAwait(false)).Count == 0)
            {
                return installed;
            }
            RequireSpace(model, folder);
            var earlier = store.ReadManifest(model.Name);
            var files = new List<ModelManifestFile>();
            foreach (var file in model.Files)
                files.Add(await InstallAsync(model, file, source, earlier, progress, cancellationToken).ConfigureAwait(false));
            WriteManifest(folder, new() { Name = model.Name, Engine = model.Engine, Files = files });
            return store.Find(model.Name)
                ?? throw new ModelException($"{model.Name} was installed and is gone again. Another program changes {folder}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The folder {folder} cannot be used: {e.Message} Set {ModelStore.FolderVariable} to another folder for models.", e);
        }
    }

    /// <summary>Removes a model and what has arrived of it.</summary>
    /// <returns>The bytes that are free again; null if there was nothing.</returns>
    /// <exception cref="ModelException">Its files cannot be deleted.</exception>
    public async Task<long?> RemoveAsync(string name, Action waiting, CancellationToken cancellationToken)
    {
        var folder = store.FolderOf(name);
        if (!Directory.Exists(folder))
            return null;
        try
        {
            var held = await LockAsync(name, waiting, cancellationToken).ConfigureAwait(false);
            await using var release = held.ConfigureAwait(false);
            var bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(static file => file.Length);
            // First of all it stops being installed: what is left after an error is not taken for a model.
            File.Delete(Path.Combine(folder, ModelManifest.FileName));
            Directory.Delete(folder, recursive: true);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{name} cannot be deleted: {e.Message} Stop the programs that use it, and try again.", e);
        }
    }

    /// <summary>Compares the files of an installed model with the checksums from its installation.</summary>
    /// <returns>The names of files that changed; empty if none did.</returns>
    public async Task<IReadOnlyList<string>> VerifyAsync(string name, CancellationToken cancellationToken)
    {
        var changed = new List<string>();
        foreach (var file in store.ReadManifest(name)?.Files ?? [])
        {
            if (await Sha256Async(Path.Combine(store.FolderOf(name), file.Name), cancellationToken).ConfigureAwait(false) != file.Sha256)
                changed.Add(file.Name);
        }
        return changed;
    }

    private async Task<ModelManifestFile> InstallAsync(
        CatalogModel model, CatalogFile file, ModelSource source, ModelManifest? earlier, Action<TransferProgress> progress,
        CancellationToken cancellationToken)
    {
        var path = Path.Combine(store.FolderOf(model.Name), file.Name);
        var known = earlier?.Files.FirstOrDefault(other => other.Name == file.Name);
        // The catalogue has no checksum: the file of the first installation is the right one.
        var expected = file.Checksum is null && known is not null
            ? file with { Bytes = known.Bytes, Checksum = $"sha256:{known.Sha256}" }
            : file;
        // A file that is there already is verified like one that has just arrived.
        if (File.Exists(path))
            File.Move(path, PartFile.PathOf(path), overwrite: true);
        return await new FileDownload(http, disk, time)
            .RunAsync(expected, source.PlacesOf(model, file), path, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<FileStream> LockAsync(string name, Action waiting, CancellationToken cancellationToken)
    {
        var path = Path.Combine(store.Folder, $"{name}.lock");
        for (var isFirst = true; ; isFirst = false)
        {
            if (ModelDisk.TryLock(path) is { } held)
                return held;
            if (isFirst)
                waiting();
            await Task.Delay(LockInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void RequireSpace(CatalogModel model, string folder)
    {
        var present = model.Files.Select(file => Path.Combine(folder, file.Name))
            .SelectMany(static path => (string[])[path, PartFile.PathOf(path)])
            .Select(static path => new FileInfo(path)).Where(static file => file.Exists).Sum(static file => file.Length);
        var needed = model.Bytes - present + Reserve;
        if (disk.FreeBytes(folder) is { } free && free < needed)
        {
            throw new ModelException(
                $"{model.Name} needs {FileDownload.Megabytes(needed)} of disk space, and {FileDownload.Megabytes(free)} are free in "
                + $"{store.Folder}. "
                + $"Free some, or set {ModelStore.FolderVariable} to a folder on another disk.");
        }
    }

    private static void WriteManifest(string folder, ModelManifest manifest)
    {
        var path = Path.Combine(folder, ModelManifest.FileName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(manifest, CatalogJson.Default.ModelManifest));
        File.Move(path + ".new", path, overwrite: true);
    }

    private static async Task<string?> Sha256Async(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
