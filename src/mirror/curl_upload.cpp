#include "mirror/curl_upload.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace bitgrid::mirror {
namespace {

constexpr long kConnectS = 30;
constexpr long kLeastBytesPerS = 16;  // slower than this,
constexpr long kSlowS = 120;          // and for so long: it is given up
constexpr long kBuffer = 16L << 10;   // libcurl's smallest: the rate is kept in small steps

CURL* fresh_handle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    return curl_easy_init();
}

}  // namespace

CurlUpload::CurlUpload(const OutletSetup& setup) : setup_{setup}, handle_{fresh_handle()} {}

void CurlUpload::prepare(const std::string& url, std::string_view bytes) {
    url_ = url;
    bytes_ = bytes;
    given_ = 0;
    words_.assign(CURL_ERROR_SIZE, '\0');
    CURL* const h = handle_.get();
    curl_easy_reset(h);
    curl_easy_setopt(h, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "https,sftp");
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, words_.data());
    curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(h, CURLOPT_UPLOAD_BUFFERSIZE, kBuffer);
    curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    curl_easy_setopt(h, CURLOPT_MAX_SEND_SPEED_LARGE,
                     static_cast<curl_off_t>(setup_.rate_kbit_s) * 1000 / 8);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, kConnectS);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, kLeastBytesPerS);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, kSlowS);
    curl_easy_setopt(h, CURLOPT_READFUNCTION, &give);
    curl_easy_setopt(h, CURLOPT_READDATA, this);
    curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, &rewind);
    curl_easy_setopt(h, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, &ignore);
    curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, &progress);
    curl_easy_setopt(h, CURLOPT_XFERINFODATA, this);
}

long CurlUpload::status() const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
}

bool CurlUpload::is_refusal(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_LOGIN_DENIED ||
           code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_ISSUER_ERROR;
}

core::Error CurlUpload::error(CURLcode code) const {
    if (code == CURLE_ABORTED_BY_CALLBACK) return {core::ErrorCode::Timeout, "interrupted"};
    const char* const words = words_[0] != '\0' ? words_.c_str() : curl_easy_strerror(code);
    return {is_refusal(code) ? core::ErrorCode::Refused : core::ErrorCode::Unreachable,
            url_ + ": " + words};
}

std::size_t CurlUpload::give(char* to, std::size_t size, std::size_t count, void* self) {
    auto& upload = *static_cast<CurlUpload*>(self);
    const std::size_t some = std::min(size * count, upload.bytes_.size() - upload.given_);
    std::memcpy(to, upload.bytes_.data() + upload.given_, some);
    upload.given_ += some;
    return some;
}

int CurlUpload::rewind(void* self, curl_off_t offset, int origin) {
    auto& upload = *static_cast<CurlUpload*>(self);
    if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > upload.bytes_.size())
        return CURL_SEEKFUNC_CANTSEEK;
    upload.given_ = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
}

std::size_t CurlUpload::ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

int CurlUpload::progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<CurlUpload*>(self)->setup_.goes_on() ? 0 : 1;
}

}  // namespace bitgrid::mirror
