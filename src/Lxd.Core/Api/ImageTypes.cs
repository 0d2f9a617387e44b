namespace Lxd.Core.Api;

public sealed record Image
{
    public List<ImageAlias> Aliases { get; set; } = [];
    public string Architecture { get; set; } = "";
    public bool AutoUpdate { get; set; }
    public bool Cached { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public string Filename { get; set; } = "";
    public string Fingerprint { get; set; } = "";
    public DateTime LastUsedAt { get; set; }
    public List<string> Profiles { get; set; } = [];
    public string Project { get; set; } = "";
    public Dictionary<string, string> Properties { get; set; } = [];
    public bool Public { get; set; }
    public string ReleaseCodename { get; set; } = "";
    public string ReleaseTitle { get; set; } = "";
    public long Size { get; set; }
    public string Type { get; set; } = "";
    public ImageSource UpdateSource { get; set; } = new();
    public DateTime UploadedAt { get; set; }
}

public sealed record ImageAlias
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
}

public sealed record ImageAliasesEntry
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Target { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record ImageAliasesEntryPost
{
    public string Name { get; set; } = "";
}

public sealed record ImageAliasesEntryPut
{
    public string Description { get; set; } = "";
    public string Target { get; set; } = "";
}

public sealed record ImageAliasesPost
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Target { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record ImageExportPost
{
    public List<ImageAlias> Aliases { get; set; } = [];
    public string Certificate { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public string Project { get; set; } = "";
    public string Secret { get; set; } = "";
    public string Target { get; set; } = "";
}

public sealed record ImageMetadata
{
    public string Architecture { get; set; } = "";
    public long CreationDate { get; set; }
    public long ExpiryDate { get; set; }
    public Dictionary<string, string> Properties { get; set; } = [];
    public Dictionary<string, ImageMetadataTemplate> Templates { get; set; } = [];
}

public sealed record ImageMetadataTemplate
{
    public bool CreateOnly { get; set; }
    public Dictionary<string, string> Properties { get; set; } = [];
    public string Template { get; set; } = "";
    public List<string> When { get; set; } = [];
}

public sealed record ImagePut
{
    public bool AutoUpdate { get; set; }
    public DateTime ExpiresAt { get; set; }
    public List<string> Profiles { get; set; } = [];
    public Dictionary<string, string> Properties { get; set; } = [];
    public bool Public { get; set; }
}

public sealed record ImageRegistriesPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Protocol { get; set; } = "";
}

public sealed record ImageRegistry
{
    public bool Builtin { get; set; }
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Protocol { get; set; } = "";
    public bool Public { get; set; }
}

public sealed record ImageRegistryPost
{
    public string Name { get; set; } = "";
}

public sealed record ImageRegistryPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record ImageSource
{
    public string Alias { get; set; } = "";
    public string Certificate { get; set; } = "";
    public string ImageRegistry { get; set; } = "";
    public string ImageType { get; set; } = "";
    public string Protocol { get; set; } = "";
    public string Server { get; set; } = "";
}

public sealed record ImagesPost
{
    public List<ImageAlias> Aliases { get; set; } = [];
    public bool AutoUpdate { get; set; }
    public string CompressionAlgorithm { get; set; } = "";
    public DateTime ExpiresAt { get; set; }
    public string Filename { get; set; } = "";

    /// <summary>Of an image made of an instance: <c>unified</c> (also where empty) or <c>split</c>.</summary>
    public string Format { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public Dictionary<string, string> Properties { get; set; } = [];
    public bool Public { get; set; }
    public ImagesPostSource Source { get; set; } = new();
}

public sealed record ImagesPostSource
{
    public string Alias { get; set; } = "";
    public string Certificate { get; set; } = "";
    public bool CopyAliases { get; set; }
    public string Fingerprint { get; set; } = "";
    public string ImageRegistry { get; set; } = "";
    public string ImageType { get; set; } = "";
    public string Mode { get; set; } = "";
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public string Protocol { get; set; } = "";
    public string Secret { get; set; } = "";
    public string Server { get; set; } = "";
    public string Type { get; set; } = "";
    public string Url { get; set; } = "";
}
