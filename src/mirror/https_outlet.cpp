// PUT <target>/<stream>/<name>, only where nothing is there yet. What is there already was
// delivered before, and its answer lost.
#include "mirror/curl_upload.hpp"

namespace bitgrid::mirror {
namespace {

constexpr long kIsThereAlready = 412;
constexpr long kMostReply = 64L << 10;

struct HeaderList {
    curl_slist* first{nullptr};
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() { curl_slist_free_all(first); }
    void add(const char* line) { first = curl_slist_append(first, line); }
};

class HttpsOutlet final : public Outlet {
public:
    explicit HttpsOutlet(OutletSetup setup) : setup_{std::move(setup)}, upload_{setup_} {}

    core::Result<void> deliver(const Parcel& parcel) override {
        upload_.prepare(setup_.target + "/" + parcel.stream + "/" + parcel.name, parcel.bytes);
        HeaderList headers;
        headers.add("If-None-Match: *");
        headers.add("Content-Type: application/octet-stream");
        headers.add("Expect:");
        CURL* const h = upload_.handle();
        curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers.first);
        curl_easy_setopt(h, CURLOPT_MAXFILESIZE, kMostReply);
        curl_easy_setopt(h, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        curl_easy_setopt(h, CURLOPT_CAINFO, setup_.ca_file.c_str());
        curl_easy_setopt(h, CURLOPT_CAPATH, nullptr);
        if (!setup_.certificate_file.empty()) {
            curl_easy_setopt(h, CURLOPT_SSLCERT, setup_.certificate_file.c_str());
            curl_easy_setopt(h, CURLOPT_SSLKEY, setup_.key_file.c_str());
        }
        if (!setup_.password.empty()) {
            curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
            curl_easy_setopt(h, CURLOPT_PASSWORD, setup_.password.c_str());
        }
        return judge(upload_.run());
    }

private:
    core::Result<void> judge(CURLcode code) const {
        const long status = upload_.status();
        if ((status >= 200 && status < 300) || status == kIsThereAlready) return {};
        if (code != CURLE_OK) return upload_.error(code);
        const bool is_no = status == 401 || status == 403 || status == 405;
        return core::Error{is_no ? core::ErrorCode::Refused : core::ErrorCode::Unreachable,
                           setup_.target + " answers " + std::to_string(status)};
    }

    OutletSetup setup_;
    CurlUpload upload_;
};

}  // namespace

std::unique_ptr<Outlet> https_outlet(OutletSetup setup) {
    return std::make_unique<HttpsOutlet>(std::move(setup));
}

}  // namespace bitgrid::mirror
