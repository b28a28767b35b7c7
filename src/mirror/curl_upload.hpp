#pragma once
// One upload by libcurl, bounded in rate, time and what it believes. One thread; libcurl's own
// state is one handle, kept so that segments share a connection.
#include <curl/curl.h>

#include <memory>
#include <string>

#include "mirror/outlet.hpp"

namespace bitgrid::mirror {

class CurlUpload {
public:
    explicit CurlUpload(const OutletSetup& setup);

    /// Sets what every transfer of ours shares, and this one's bytes. Further options follow
    /// through handle().
    void prepare(const std::string& url, std::string_view bytes);
    CURL* handle() const { return handle_.get(); }
    CURLcode run() { return curl_easy_perform(handle_.get()); }
    long status() const;
    /// Who we talked to was not who it should be, or did not let us.
    static bool is_refusal(CURLcode);
    core::Error error(CURLcode) const;

private:
    static std::size_t give(char* to, std::size_t size, std::size_t count, void* self);
    static int rewind(void* self, curl_off_t offset, int origin);
    static std::size_t ignore(char*, std::size_t size, std::size_t count, void*);
    static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    struct Closer {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    const OutletSetup& setup_;
    std::string_view bytes_;
    std::size_t given_{0};
    std::string url_;
    std::string words_;  ///< libcurl's own about a failure
    std::unique_ptr<CURL, Closer> handle_;
};

}  // namespace bitgrid::mirror
