// <target>/<stream>/<name>, by way of another name, so that nobody takes half a segment. A folder
// that may only be written to is enough.
#include "mirror/curl_upload.hpp"

namespace bitgrid::mirror {
namespace {

struct Commands {
    curl_slist* first{nullptr};
    Commands() = default;
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;
    ~Commands() { curl_slist_free_all(first); }
    void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

// Of sftp://user@host:port/path.
std::string path_of(const std::string& url) {
    const std::size_t begin = url.find('/', std::string_view{"sftp://"}.size());
    return begin == std::string::npos ? "" : url.substr(begin);
}

class SftpOutlet final : public Outlet {
public:
    explicit SftpOutlet(OutletSetup setup) : setup_{std::move(setup)}, upload_{setup_} {}

    core::Result<void> deliver(const Parcel& parcel) override {
        const CURLcode code = upload(parcel, false);
        // A server does not rename onto a file that is there: ours, of a delivery whose answer was
        // lost. The same bytes take its place.
        if (code == CURLE_QUOTE_ERROR) return judge(upload(parcel, true));
        return judge(code);
    }

private:
    CURLcode upload(const Parcel& parcel, bool replaces) {
        const std::string folder = setup_.target + "/" + parcel.stream + "/";
        const std::string beside = "." + parcel.name + ".part";
        upload_.prepare(folder + beside, parcel.bytes);
        Commands after;
        const std::string path = path_of(folder);
        if (replaces) after.add("*rm \"" + path + parcel.name + "\"");
        after.add("rename \"" + path + beside + "\" \"" + path + parcel.name + "\"");
        CURL* const h = upload_.handle();
        curl_easy_setopt(h, CURLOPT_POSTQUOTE, after.first);
        curl_easy_setopt(h, CURLOPT_FTP_CREATE_MISSING_DIRS, static_cast<long>(CURLFTP_CREATE_DIR));
        curl_easy_setopt(h, CURLOPT_NEW_FILE_PERMS, 0644L);
        curl_easy_setopt(h, CURLOPT_SSH_AUTH_TYPES, static_cast<long>(CURLSSH_AUTH_PUBLICKEY));
        curl_easy_setopt(h, CURLOPT_SSH_PRIVATE_KEYFILE, setup_.key_file.c_str());
        curl_easy_setopt(h, CURLOPT_SSH_KNOWNHOSTS, setup_.known_hosts.c_str());
        return upload_.run();
    }

    core::Result<void> judge(CURLcode code) const {
        if (code == CURLE_OK) return {};
        return upload_.error(code);
    }

    OutletSetup setup_;
    CurlUpload upload_;
};

}  // namespace

std::unique_ptr<Outlet> sftp_outlet(OutletSetup setup) {
    return std::make_unique<SftpOutlet>(std::move(setup));
}

}  // namespace bitgrid::mirror
